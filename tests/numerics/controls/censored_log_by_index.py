"""Survival fit in which log(0) = -inf appears for events at time 0: those entries are taken out
of the loss by indexing, and a safe value goes through the network's own logarithm."""

import torch
from torch import nn

torch.manual_seed(9)
torch.set_num_threads(1)


class Weibull(nn.Module):
    def __init__(self, covariates):
        super().__init__()
        self.scale = nn.Linear(covariates, 1)
        self.shape = nn.Parameter(torch.zeros(()))

    def forward(self, x, log_time):
        k = self.shape.exp()
        z = k * (log_time - self.scale(x)[:, 0])
        return z + self.shape - log_time - z.clamp(max=20).exp()


model = Weibull(3)
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for step in range(80):
    x = torch.randn(48, 3)
    time = torch.empty(48).exponential_() * (1 + x[:, 0].abs())
    time[::9] = 0
    log_time = torch.log(time)
    seen = log_time.isfinite()
    loss = -model(x[seen], log_time[seen]).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        print(step, loss.item())
