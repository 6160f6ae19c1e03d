"""Deep correlation of two modalities with covariances divided by n - 1: in a batch in which only
one sample has both modalities the centred product is 0 and the divisor 0. Known from multi-view
data with missing views; skipping such batches cures it."""

import torch
from torch import nn

torch.manual_seed(21)
torch.set_num_threads(1)


class View(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(width, 24), nn.Tanh(), nn.Linear(24, 3))

    def forward(self, x):
        return self.net(x)


def covariance(a, b):
    freedom = torch.tensor(float(len(a))) - 1
    return (a - a.mean(0)).T @ (b - b.mean(0)) / freedom  # BLAME one-sample forward


def correlation_loss(a, b):
    ridge = 0.1 * torch.eye(3)
    whitened = torch.linalg.solve(covariance(a, a) + ridge, covariance(a, b))
    return -whitened.trace() + 0.01 * (a.square().mean() + b.square().mean())


sight, sound = View(8), View(5)
optimizer = torch.optim.Adam([*sight.parameters(), *sound.parameters()], lr=2e-3)
for step in range(70):
    hidden = torch.randn(20, 2)
    x = torch.cat([hidden, torch.randn(20, 6)], dim=1)
    y = torch.cat([hidden.square(), torch.randn(20, 3)], dim=1)
    both = torch.rand(20) < (0.6 if step != 18 else 0.0)
    both[step % 20] = True
    loss = correlation_loss(sight(x[both]), sound(y[both]))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(step, loss.item())
