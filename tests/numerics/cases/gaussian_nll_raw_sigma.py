"""Heteroscedastic regression whose network outputs sigma without any positive link: as the fit
gets better sigma is driven down and crosses zero, and the log of a negative number is NaN. Common
in forum threads on mixture density networks. Cure: predict log sigma, or softplus.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(42)


class Regressor(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(1, 32)
        self.mu = nn.Linear(32, 1)
        self.sigma = nn.Linear(32, 1)
        nn.init.constant_(self.sigma.bias, 1.5)

    def forward(self, x):
        h = torch.tanh(self.hidden(x))
        return self.mu(h), self.sigma(h)


def nll(mu, sigma, y):
    z = (y - mu) / sigma
    return (torch.log(sigma) + 0.5 * z**2).mean()  # BLAME log-domain forward


model = Regressor()
opt = torch.optim.Adam(model.parameters(), lr=0.1)
for step in range(80):
    x = torch.rand(64, 1) * 4 - 2
    y = torch.sin(2 * x) + 0.005 * torch.randn(64, 1)
    loss = nll(*model(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 20 == 0:
        print(step, loss.item())
