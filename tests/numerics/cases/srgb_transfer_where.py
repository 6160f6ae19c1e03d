"""Differentiable tone mapping: the sRGB curve as where(x <= 0.0031308, 12.92 x, power): for a
pixel of exactly 0 the power branch is not taken, but its derivative there is infinite and 0 * inf
is NaN. A usual bug of inverse rendering; clamping x inside the power branch cures it."""

import torch
from torch import nn

torch.manual_seed(5)
torch.set_num_threads(1)


def to_srgb(linear):
    low = 12.92 * linear
    high = 1.055 * linear.pow(1 / 2.4) - 0.055  # BLAME zero-times-inf backward
    return torch.where(linear <= 0.0031308, low, high)


class Renderer(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.albedo = nn.Parameter(torch.full((n, 3), 0.5))
        self.light = nn.Parameter(torch.ones(3))

    def forward(self, shading):
        return to_srgb(self.albedo * self.light * shading[:, None])


true_albedo = torch.rand(100, 3) * 0.8 + 0.1
model = Renderer(100)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
normals = nn.functional.normalize(torch.randn(100, 3), dim=1)
normals[:, 2] = normals[:, 2].abs()
for step in range(80):
    angle = torch.tensor(step * 0.04)
    sun = torch.stack([angle.sin(), torch.zeros(()), angle.cos()])
    shading = (normals @ sun + 0.35).clamp(min=0)
    target = to_srgb(true_albedo * shading[:, None])
    loss = nn.functional.l1_loss(model(shading), target)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        print(step, loss.item())
