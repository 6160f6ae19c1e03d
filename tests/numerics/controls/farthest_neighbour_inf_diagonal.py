"""Nearest-neighbour loss: the diagonal of the distance matrix is filled with inf so that no point
is its own neighbour, and the minimum over each row never takes it."""

import torch
from torch import nn

torch.manual_seed(4)
torch.set_num_threads(1)


class KoLeo(nn.Module):
    def forward(self, z):
        gap = (z[:, None] - z[None]).square().sum(-1)
        gap = gap.masked_fill(torch.eye(len(z), dtype=torch.bool), torch.inf)
        nearest = gap.min(dim=1).values
        return -torch.log(nearest + 1e-6).mean()


encoder = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.AdamW(encoder.parameters(), lr=3e-3)
spread = KoLeo()
for step in range(80):
    x = torch.randn(40, 10)
    z = nn.functional.normalize(encoder(x), dim=1)
    z_again = nn.functional.normalize(encoder(x + 0.05 * torch.randn_like(x)), dim=1)
    loss = (z - z_again).square().sum(1).mean() + 0.1 * spread(z)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        print(step, loss.item())
