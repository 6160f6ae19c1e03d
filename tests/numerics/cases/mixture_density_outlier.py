"""Mixture density network: the log of the weighted sum of densities. For an outlier every density
underflows to 0 in float32, and the log is -inf. Real bug: threads on MDN loss going to NaN and
issues of MDN repositories. Cure: logsumexp over log weights and log densities.
"""

import math

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(43)


class MDN(nn.Module):
    def __init__(self, k=3):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(1, 24), nn.Tanh())
        self.heads = nn.Linear(24, 3 * k)

    def forward(self, x):
        pi, mu, log_sigma = self.heads(self.trunk(x)).chunk(3, dim=1)
        return torch.softmax(pi, 1), mu, log_sigma.exp()


def mdn_loss(pi, mu, sigma, y):
    density = torch.exp(-0.5 * ((y - mu) / sigma) ** 2) / (sigma * math.sqrt(2 * math.pi))
    likelihood = (pi * density).sum(dim=1)
    return -torch.log(likelihood).mean()  # BLAME log-domain forward


x = torch.rand(500, 1) * 2
y = x.sqrt() + 0.1 * torch.randn(500, 1)
y[318] = 60.0
model = MDN()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for step in range(75):
    rows = slice(step * 20 % 500, step * 20 % 500 + 20)
    loss = mdn_loss(*model(x[rows]), y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
