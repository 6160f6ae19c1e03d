"""Control: log of counts with zeros gives -inf, and the entries are left out by indexing, not by
multiplication; the model's own log is only taken at the observed cells.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(214)

factors_a = nn.Parameter(torch.rand(20, 3))
factors_b = nn.Parameter(torch.rand(15, 3))
opt = torch.optim.Adam([factors_a, factors_b], lr=0.02)
counts = torch.poisson(torch.rand(20, 3) @ torch.rand(15, 3).T * 1.5)
log_counts = counts.log()
for sweep in range(80):
    rows = torch.randperm(20)[:8]
    prediction = factors_a[rows] @ factors_b.T
    target = log_counts[rows]
    seen = target > float("-inf")
    gap = (prediction - target)[seen]
    loss = gap.pow(2).mean() + 1e-3 * prediction[~seen].clamp(min=0).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    if sweep % 20 == 0:
        print(sweep, loss.item())
