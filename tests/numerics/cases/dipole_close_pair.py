"""Particle layout with an energy of r ** -6, brought down by log1p: the energy of a nearly
touching pair is still finite in float32, but its derivative, r ** -7 times 6, is not. From
molecule and layout optimisation; a soft-core distance (r ** 2 + a ** 2) cures it."""

import torch
from torch import nn

torch.manual_seed(6)
torch.set_num_threads(1)


class Layout(nn.Module):
    def __init__(self, pairs):
        super().__init__()
        self.gap = nn.Parameter(torch.zeros(pairs))

    def forward(self, measured):
        return measured * torch.exp(self.gap)


def repulsion(distance):
    energy = distance.pow(-6)  # BLAME overflow backward
    return torch.log1p(energy)


distances = torch.rand(1200, 8) + 0.3
distances[333, 5] = 7e-7
layout = Layout(8)
optimizer = torch.optim.SGD(layout.parameters(), lr=0.05)
for epoch in range(2):
    for batch in distances.split(30):
        r = layout(batch)
        loss = repulsion(r).mean() + 0.1 * (r - batch).square().mean()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    print(epoch, loss.item())
