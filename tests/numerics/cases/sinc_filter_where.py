"""Learnable low-pass filter, sin(2 pi f t) / (pi t) with torch.where for the centre tap: with an
odd length t = 0 is on the grid, and the branch not taken sends back 0 / 0. The trap of
https://github.com/pytorch/pytorch/issues/52248; torch.sinc or a safe divisor cures it."""

import math

import torch
from torch import nn

torch.manual_seed(4)
torch.set_num_threads(1)


class SincFilter(nn.Module):
    def __init__(self, cutoff):
        super().__init__()
        self.cutoff = nn.Parameter(torch.tensor(cutoff))

    def kernel(self, length):
        t = torch.arange(length) - (length - 1) / 2
        wave = torch.sin(2 * math.pi * self.cutoff * t)
        side = wave / (math.pi * t)  # BLAME zero-times-inf backward
        return torch.where(t == 0, 2 * self.cutoff, side)

    def forward(self, wave, length):
        taps = self.kernel(length) * torch.hamming_window(length, periodic=False)
        return nn.functional.conv1d(wave[:, None], taps[None, None])[:, 0]


clean = torch.randn(60, 64)
wanted = SincFilter(0.2)
model = SincFilter(0.35)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for step in range(60):
    length = 12 if step < 20 else 21
    with torch.no_grad():
        target = wanted(clean, 12 if step < 20 else 22)
    output = model(clean, length)[:, : target.shape[1]]
    loss = (output[:, : target.shape[1]] - target).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(step, loss.item())
