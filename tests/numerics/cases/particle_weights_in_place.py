"""A particle filter whose weights are normalised in place: an outlier makes all likelihoods
underflow, and their sum is 0. Cure: a small constant in the sum, or weights in log space."""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(205)

PRIOR = torch.full((64,), 1 / 64)
drift = nn.Parameter(torch.zeros(2))
log_scale = nn.Parameter(torch.zeros(()))
optimizer = torch.optim.Adam([drift, log_scale], lr=1e-2)


def estimate(particles, seen):
    error = (particles + drift - seen).square().sum(1)
    weights = PRIOR * torch.exp(-0.5 * error / log_scale.exp())
    weights /= weights.sum()  # BLAME division-by-zero forward
    return weights @ particles


for step in range(90):
    truth = torch.randn(2)
    particles = truth - 0.3 + torch.randn(64, 2)
    seen = truth + 0.1 * torch.randn(2)
    if step == 23:
        seen = seen + 40
    loss = (estimate(particles, seen) - truth).square().sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 30 == 0:
        print(step, loss.item())
