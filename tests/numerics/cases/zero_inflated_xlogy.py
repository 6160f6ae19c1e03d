"""Count model with an exposure per cell and the likelihood by torch.xlogy(count, rate). A cell
with exposure zero has count zero and rate zero: xlogy(0, 0) is 0 by definition, but its
derivative with respect to the rate is 0 / 0. Cure: leave unexposed cells out, or xlogy(count,
rate + eps).
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(10)


class CountModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(6, 16)
        self.fc2 = nn.Linear(16, 3)

    def forward(self, x, exposure):
        return exposure * torch.exp(self.fc2(torch.tanh(self.fc1(x))))


def deviance(rate, count):
    ll = torch.xlogy(count, rate)  # BLAME infinite-derivative backward
    return (rate - ll).mean()


x = torch.randn(400, 6)
exposure = torch.rand(400, 3) + 0.1
exposure[109, 2] = 0.0
counts = torch.poisson(exposure * torch.exp(0.9 * x[:, :3]))
model = CountModel()
opt = torch.optim.SGD(model.parameters(), lr=0.05)
for step in range(100):
    rows = slice(step * 4 % 400, step * 4 % 400 + 4)
    loss = deviance(model(x[rows], exposure[rows]), counts[rows])
    opt.zero_grad()
    loss.backward()
    opt.step()
