"""Normalising flow with a free linear layer and torch.logdet: nothing keeps the determinant
positive, and logdet of a matrix with a negative determinant is NaN. Cure: slogdet (the log of the
absolute value), or an LU parametrisation.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(47)


class LinearFlow(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.w = nn.Parameter(torch.eye(dim) * 0.5)
        self.b = nn.Parameter(torch.zeros(dim))

    def forward(self, x):
        z = x @ self.w + self.b
        logdet = torch.logdet(self.w)  # BLAME log-domain forward
        return z, logdet


flow = LinearFlow(3)
optimizer = torch.optim.SGD(flow.parameters(), lr=0.8)
mix = torch.tensor([[1.0, 0.9, 0.0], [0.0, 0.4, 0.3], [0.2, 0.0, 1.0]])
for step in range(100):
    x = torch.randn(128, 3) @ mix
    z, logdet = flow(x)
    loss = 0.5 * z.pow(2).sum(1).mean() - 0.5 * logdet
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        print(step, loss.item())
