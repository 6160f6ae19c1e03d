"""Image model with gamma correction, image ** (1 / 2.2), on the output of a linear layer: a
negative pixel to a fractional power is NaN. Common in inverse rendering code. Cure:
clamp(min=eps) or a sigmoid before the power.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(111)


def to_srgb(linear):
    return linear ** (1 / 2.2)  # BLAME domain forward


class Renderer(nn.Module):
    def __init__(self):
        super().__init__()
        self.shade = nn.Sequential(nn.Linear(5, 24), nn.ReLU(), nn.Linear(24, 3))
        nn.init.constant_(self.shade[-1].bias, 0.8)

    def forward(self, rays):
        return to_srgb(self.shade(rays))


renderer = Renderer()
opt = torch.optim.Adam(renderer.parameters(), lr=5e-3)
for step in range(60):
    rays = torch.rand(64, 5)
    pixel = torch.sigmoid(8 * rays[:, :3] - 4) * (rays[:, 3:4] > 0.5)
    loss = (renderer(rays) - pixel).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 20 == 0:
        print(step, loss.item())
