"""Control: log probabilities, ratios and a signal-to-noise figure in decibel are computed for the
log file and thrown away; they are infinite or NaN at times, and never multiplied back in.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(204)

net = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 8))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
worst = 0.0
for step in range(66):
    clean = torch.randn(16, 8) * (torch.rand(16, 1) > 0.2)
    noisy = clean + 0.1 * torch.randn(16, 8)
    out = net(noisy)
    loss = (out - clean).pow(2).mean()
    snr = 10 * torch.log10(clean.pow(2).sum(1) / (out - clean).pow(2).sum(1))
    relative = (out - clean).abs() / clean.abs()
    worst = max(worst, snr[torch.isfinite(snr)].max().item())
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 22 == 0:
        print(step, loss.item(), relative.median().item(), worst)
