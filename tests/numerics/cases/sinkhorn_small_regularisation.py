"""Sinkhorn iterations in the plain domain with a small regularisation: exp(-cost / reg)
underflows to 0 for a whole row when one point is far away, and the scaling divides by 0. From
threads on Sinkhorn layers giving NaN. Cure: iterate in the log domain.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(130)


def sinkhorn(cost, reg=0.1, rounds=10):
    kernel = torch.exp(-cost / reg)
    v = torch.ones(cost.size(1)) / cost.size(1)
    for _ in range(rounds):
        u = (1 / len(cost)) / (kernel @ v)  # BLAME division-by-zero forward
        v = (1 / len(cost)) / (kernel.T @ u)
    return u[:, None] * kernel * v


class Matcher(nn.Module):
    def __init__(self):
        super().__init__()
        self.map = nn.Linear(2, 2)

    def forward(self, a, b):
        cost = (self.map(a)[:, None] - b).abs().sum(-1)
        return (sinkhorn(cost).detach() * cost).sum()


matcher = Matcher()
nn.init.eye_(matcher.map.weight)
opt = torch.optim.SGD(matcher.parameters(), lr=0.02)
for step in range(60):
    a, b = torch.rand(12, 2), torch.rand(12, 2) + 0.2
    if step == 17:
        a[5] = 25.0
    loss = matcher(a, b)
    opt.zero_grad()
    loss.backward()
    opt.step()
