"""Normalisation with the variance as E[x^2] - E[x]^2: for features with a large mean and a small
spread the difference is negative by rounding, and its root NaN. Real bug: one-pass variance in
hand-written norm layers. Cure: torch.var, or clamp at 0.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(109)


class OnePassNorm(nn.Module):
    def forward(self, x):
        mean = x.mean(-1, keepdim=True)
        var = (x * x).mean(-1, keepdim=True) - mean * mean
        return (x - mean) / (torch.sqrt(var) + 1e-5)  # BLAME domain forward


signals = torch.randn(300, 16)
signals[150:] = 0.02 * signals[150:] + torch.linspace(1, 600, 150)[:, None]
labels = (signals[:, 0] > signals[:, 1]).long()
net = nn.Sequential(OnePassNorm(), nn.Linear(16, 24), nn.ReLU(), nn.Linear(24, 2))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for step in range(60):
    rows = slice(step * 10 % 300, step * 10 % 300 + 10)
    loss = nn.functional.cross_entropy(net(signals[rows]), labels[rows])
    opt.zero_grad()
    loss.backward()
    opt.step()
