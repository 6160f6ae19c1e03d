"""Radiance field with density = exp(raw): the exponential overflows to inf, and the opacity 1 -
exp(-inf) = 1 hides it in the forward pass, but the gradient is 0 * inf. The reason for truncated
exponentials in hash-grid NeRF code; clamping raw (or softplus) cures it."""

import torch
from torch import nn

torch.manual_seed(5)
torch.set_num_threads(1)


class Field(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(1, 16), nn.ReLU(), nn.Linear(16, 2))

    def forward(self, position):
        raw, colour = self.net(position[..., None]).unbind(-1)
        density = torch.exp(raw)  # BLAME overflow forward
        return density, colour.sigmoid()


def composite(density, colour, delta=0.05):
    alpha = 1 - torch.exp(-density * delta)
    clear = torch.exp(-torch.cumsum(density * delta, dim=1))
    front = torch.cat([torch.ones(len(alpha), 1), clear[:, :-1]], dim=1)
    return (alpha * front * colour).sum(1), alpha


field = Field()
optimizer = torch.optim.Adam(field.parameters(), lr=0.01)
for step in range(80):
    far = 900.0 if step % 20 == 18 else 3.0
    position = torch.rand(64, 1) + torch.linspace(0, far, 8)
    pixel, alpha = composite(*field(position))
    wall = (position > 2).float()
    loss = (pixel - 0.3).square().mean() - (torch.log(alpha + 1e-6) * wall).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        print(step, loss.item())
