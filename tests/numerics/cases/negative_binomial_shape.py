"""Count model with a negative binomial likelihood by hand, its dispersion made positive by a
ReLU: when the ReLU reaches 0, lgamma(0) is +inf. From single-cell count models; softplus plus a
small constant cures it."""

import torch
from torch import nn

torch.manual_seed(3)
torch.set_num_threads(1)


class CountModel(nn.Module):
    def __init__(self, covariates):
        super().__init__()
        self.hidden = nn.Linear(covariates, 16)
        self.rate = nn.Linear(16, 1)
        self.shape = nn.Linear(16, 1)
        nn.init.zeros_(self.shape.weight)
        nn.init.constant_(self.shape.bias, 1.0)

    def forward(self, x):
        h = torch.tanh(self.hidden(x))
        return nn.functional.softplus(self.rate(h))[:, 0] + 0.1, torch.relu(self.shape(h))[:, 0]


def negative_log_likelihood(y, mean, shape):
    norm = torch.lgamma(y + shape) - torch.lgamma(shape)  # BLAME domain forward
    total = torch.log(shape + mean)
    return -(norm + shape * (torch.log(shape + 1e-8) - total) + y * (torch.log(mean) - total))


model = CountModel(4)
optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
for step in range(80):
    x = torch.randn(64, 4)
    y = torch.poisson(torch.exp(2.5 * x[:, 0] + torch.randn(64)).clamp(max=200)) + 1
    loss = negative_log_likelihood(y, *model(x)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        print(step, loss.item())
