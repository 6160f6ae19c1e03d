"""Speech enhancement with a power-law compressed magnitude (|X| ** 0.3). A clip with digital
silence has bins that are exactly zero; the value is zero, the derivative of the power infinite.
Real bug: compressed spectral losses in speech repositories; discuss.pytorch.org threads on the
gradient of pow with an exponent below one. Cure: (|X| + eps) ** 0.3.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(2)


class Gain(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.mask = nn.Sequential(nn.Linear(n, 64), nn.Tanh(), nn.Linear(64, n), nn.Sigmoid())

    def forward(self, wave):
        return wave * self.mask(wave)


def compressed_loss(estimate, clean):
    est = torch.fft.rfft(estimate).abs() ** 0.3  # BLAME infinite-derivative backward
    ref = torch.fft.rfft(clean).abs() ** 0.3
    return (est - ref).pow(2).mean()


clean = torch.sin(torch.linspace(0, 40, 128) * torch.rand(200, 1))
clean[57] = 0.0
noisy = clean + 0.1 * torch.randn_like(clean)
noisy[57] = 0.0
net = Gain(128)
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for step in range(75):
    rows = slice(step % 25 * 8, step % 25 * 8 + 8)
    loss = compressed_loss(net(noisy[rows]), clean[rows])
    opt.zero_grad()
    loss.backward()
    opt.step()
