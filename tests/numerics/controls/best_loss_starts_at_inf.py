"""Control: early stopping with inf as the first best loss, kept as a tensor and as a float."""

import copy

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(201)

net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
best = float("inf")
best_per_target = torch.full((1,), float("inf"))
best_state, patience = None, 0
x, xv = torch.randn(256, 4), torch.randn(64, 4)
for _ in range(70):
    loss = (net(x).squeeze(1) - x.prod(1)).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    with torch.no_grad():
        valid = (net(xv).squeeze(1) - xv.prod(1)).pow(2).mean()
        best_per_target = torch.minimum(best_per_target, valid)
    improvement = best - valid
    if improvement > 1e-4:
        best, best_state, patience = valid.item(), copy.deepcopy(net.state_dict()), 0
    else:
        patience += 1
print(best, patience)
