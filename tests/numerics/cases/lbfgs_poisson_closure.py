"""Poisson regression with a log link fitted by LBFGS and a fixed step: one long quasi-Newton step
makes the linear predictor so large that exp overflows. Often met in the forums with LBFGS without
line search; line_search_fn="strong_wolfe" or F.poisson_nll_loss on clamped logits cures it."""

import torch
from torch import nn

torch.manual_seed(8)
torch.set_num_threads(1)

features = torch.cat([torch.randn(300, 3), 20 * torch.rand(300, 1)], dim=1)
counts = torch.poisson(torch.exp(0.4 * features[:, 0] + 0.1 * features[:, 3]))
model = nn.Linear(4, 1)
optimizer = torch.optim.LBFGS(model.parameters(), lr=1.0, max_iter=1)


def poisson_deviance(eta, y):
    rate = torch.exp(eta)  # BLAME overflow forward
    return (rate - y * eta).mean()


def closure():
    optimizer.zero_grad()
    loss = poisson_deviance(model(features).squeeze(1), counts)
    loss.backward()
    return loss


for step in range(60):
    loss = optimizer.step(closure)
    if step % 10 == 0:
        print(step, loss.item())
