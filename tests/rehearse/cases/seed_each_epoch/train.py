import random

import numpy as np
import torch
from torch import nn


def set_seed(seed):
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


class Denoiser(nn.Module):
    def __init__(self, dim=2, width=128):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(dim + 1, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU(),
            nn.Linear(width, width), nn.SiLU(), nn.Linear(width, dim),
        )

    def forward(self, x, t):
        return self.net(torch.cat([x, t], 1))


def moons(n):
    angle = torch.rand(n) * torch.pi
    upper = torch.rand(n) < 0.5
    x = torch.where(upper, angle.cos(), 1 - angle.cos())
    y = torch.where(upper, angle.sin(), 0.5 - angle.sin())
    return torch.stack([x, y], 1) + 0.05 * torch.randn(n, 2)


epochs = 400
batches = 400
model = Denoiser()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(epochs):
    set_seed(42)  # fault
    total = 0.0
    for _ in range(batches):
        x0 = moons(64)
        t = torch.rand(64, 1)
        noise = torch.randn_like(x0)
        xt = (1 - t).sqrt() * x0 + t.sqrt() * noise
        loss = (model(xt, t) - noise).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    print(f"epoch {epoch}: {total / batches:.4f}")
