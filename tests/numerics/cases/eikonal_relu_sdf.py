"""Signed distance network with the eikonal penalty on the gradient's length, the length taken as
sqrt(sum of squares): at a point where every ReLU is off the gradient is the zero vector and the
double backward meets the root's infinite derivative. An eps under the root cures it."""

import torch
from torch import nn

torch.manual_seed(10)
torch.set_num_threads(1)

sdf = nn.Sequential(nn.Linear(2, 24), nn.ReLU(), nn.Linear(24, 1))
nn.init.normal_(sdf[0].weight, std=1.5)
nn.init.constant_(sdf[0].bias, -0.4)
optimizer = torch.optim.Adam(sdf.parameters(), lr=5e-3)


def eikonal(points):
    points = points.requires_grad_()
    value = sdf(points)
    (slope,) = torch.autograd.grad(value.sum(), points, create_graph=True)
    length = slope.pow(2).sum(dim=1).sqrt()  # BLAME infinite-derivative backward
    return (length - 1).square().mean()


def on_circle(n):
    angle = torch.rand(n) * 6.2832
    return torch.stack([angle.cos(), angle.sin()], dim=1)


for step in range(100):
    surface = sdf(on_circle(24)).abs().mean()
    band = min(0.04 * step, 1.0)
    radius = 1 + band * (torch.rand(32, 1) * 2 - 1)
    loss = surface + 0.1 * eikonal(radius * on_circle(32))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        print(step, surface.item())
