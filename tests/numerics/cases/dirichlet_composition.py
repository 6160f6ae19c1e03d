"""Compositions (shares of minerals) under a Dirichlet likelihood: a share that was not found is 0,
and its logarithm -inf. Cure: a small share for what was not found."""

import torch
from torch import nn
from torch.distributions import Dirichlet

torch.set_num_threads(1)
torch.manual_seed(207)

net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.RMSprop(net.parameters(), lr=1e-3)
spectra = torch.randn(700, 6)
shares = Dirichlet(torch.full((700, 4), 3.0)).sample()
shares[318, 1] = 0.0
shares[318] /= shares[318].sum()
for start in range(0, 700, 10):
    concentration = 1.5 + nn.functional.softplus(net(spectra[start : start + 10]))
    likely = Dirichlet(concentration, validate_args=False)
    loss = -likely.log_prob(shares[start : start + 10]).mean()  # BLAME log-domain forward
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if start % 200 == 0:
        print(start, loss.item())
