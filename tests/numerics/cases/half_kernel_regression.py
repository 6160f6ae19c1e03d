"""Nadaraya-Watson attention in float16: for a query far from all keys every Gaussian weight,
around 1e-9, underflows to 0 in half precision, and the normalisation is 0 / 0 (the weights are
fine in float32). The consumer of the underflow is blamed; a softmax of the exponents cures it."""

import torch
from torch import nn

torch.manual_seed(11)
torch.set_num_threads(1)


class KernelSmoother(nn.Module):
    def __init__(self, keys, values):
        super().__init__()
        self.keys = keys
        self.values = nn.Parameter(values)
        self.log_width = nn.Parameter(torch.zeros(()))

    def forward(self, query):
        gap = (query[:, None] - self.keys) / self.log_width.exp()
        weight = torch.exp(-0.5 * gap.square().half())
        weight = weight / weight.sum(dim=1, keepdim=True)  # BLAME half-underflow forward
        return weight.float() @ self.values


keys = torch.linspace(-3, 3, 25)
model = KernelSmoother(keys, torch.zeros(25))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for step in range(70):
    query = torch.rand(40) * 6 - 3
    if step % 16 == 15:
        query[step % 40] = 9.4
    loss = (model(query) - torch.sin(query)).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 16 == 0:
        print(step, loss.item())
