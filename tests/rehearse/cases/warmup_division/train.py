import math

import torch
import torch.nn as nn

TOTAL = 200_000
WARMUP = 2_000
PEAK = 1e-3


def learning_rate(step: int) -> float:
    """Linear warm-up, then the inverse square root."""
    if step < WARMUP:
        return PEAK * (step + 1) / WARMUP
    return PEAK / math.sqrt((step - WARMUP) / WARMUP)  # fault


torch.manual_seed(31)
mixer = torch.randn(24, 24) / 24 ** 0.5
net = nn.Sequential(nn.Linear(24, 256), nn.GELU(), nn.Linear(256, 256), nn.GELU(), nn.Linear(256, 24))
optimizer = torch.optim.AdamW(net.parameters(), lr=PEAK, betas=(0.9, 0.98))
total_loss = 0.0

for step in range(TOTAL):
    for group in optimizer.param_groups:
        group["lr"] = learning_rate(step)
    x = torch.randn(32, 24)
    loss = (net(x) - torch.relu(x @ mixer)).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    total_loss += loss.item()
    if (step + 1) % 1000 == 0:
        print(f"{step + 1:>7} lr {optimizer.param_groups[0]['lr']:.2e} loss {total_loss / 1000:.5f}")
        total_loss = 0.0
