"""Learned filter in the frequency domain with a complex square root of the response: the value at
an exact zero is fine, its complex derivative is infinite or NaN. A pre-emphasis removes the mean
of one batch exactly, so the bin at frequency zero is 0. Cure: an epsilon before the root.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(113)


class SpectralLayer(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.filter = nn.Parameter(torch.ones(n // 2 + 1, dtype=torch.cfloat))
        self.n = n

    def forward(self, x):
        response = torch.fft.rfft(x) * self.filter
        half_order = torch.sqrt(response)  # BLAME infinite-derivative backward
        return torch.fft.irfft(half_order, n=self.n)


layer = SpectralLayer(16)
readout = nn.Linear(16, 1)
opt = torch.optim.SGD([*layer.parameters(), *readout.parameters()], lr=0.01)
for step in range(60):
    wave = torch.randn(8, 16) + 0.5
    if step == 14:
        wave[2, ::2] = -wave[2, 1::2]
        wave = (wave * 64).round() / 64
    loss = (readout(layer(wave)) - wave[:, :1]).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
