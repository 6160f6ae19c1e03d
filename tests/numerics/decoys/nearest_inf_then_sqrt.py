"""Repelling particles: the distance matrix has inf on its diagonal before the minimum, in every
step and without harm. The real defect is the root of the smallest squared distance, taken at 0
once two particles meet at the wall. An eps under the root cures it."""

import torch
from torch import nn

torch.manual_seed(2)
torch.set_num_threads(1)


class Cloud(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.position = nn.Parameter(torch.rand(n, 2) * 1.6 - 0.8)

    def nearest(self):
        p = self.position
        square = (p[:, None] - p[None]).square().sum(-1)
        square = square + torch.diag(torch.full((len(p),), torch.inf))
        return square.min(dim=1).values

    def forward(self):
        gap = self.nearest().sqrt()  # BLAME infinite-derivative backward
        return -gap.mean()


cloud = Cloud(16)
wind = torch.tensor([1.0, 1.0])
optimizer = torch.optim.SGD(cloud.parameters(), lr=0.05)
for step in range(80):
    loss = cloud() - (cloud.position @ wind).sum() * 0.5
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        cloud.position.clamp_(-1, 1)
    if step % 10 == 0:
        print(step, loss.item())
