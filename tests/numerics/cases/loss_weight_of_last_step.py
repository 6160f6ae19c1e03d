"""Diffusion with a table of loss weights, made before the training: the schedule's last signal is
0, and so is what its weight is divided by. It is looked up some steps later."""

import math

import torch
from torch import nn

torch.manual_seed(7)
STEPS = 200


def cosine_schedule(steps):
    t = torch.linspace(0, 1, steps)
    alphas = torch.cos(t * math.pi / 2).square()
    alphas[-1] = 0.0
    return alphas


def loss_weights(alphas):
    ratio = alphas / (1 - alphas).clamp(min=1e-6)
    return ratio.clamp(max=5.0) / ratio  # BLAME division-by-zero forward


alphas = cosine_schedule(STEPS)
weights = loss_weights(alphas)
model = nn.Sequential(nn.Linear(3, 32), nn.SiLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

for _ in range(120):
    x = torch.randn(16, 2) * 0.3 + 1
    t = torch.randint(0, STEPS, (16,))
    signal = alphas[t].unsqueeze(1)
    noise = torch.randn_like(x)
    noisy = signal.sqrt() * x + (1 - signal).sqrt() * noise
    predicted = model(torch.cat([noisy, t.unsqueeze(1) / STEPS], 1))
    loss = (weights[t] * (predicted - noise).square().mean(1)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
