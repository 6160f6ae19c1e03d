"""Orbit fit in SI units: masses near 1e30 and their gradients near 1e25 are finite, though the L2
norm of such a vector overflows in float32."""

import torch
from torch import nn

torch.manual_seed(7)
torch.set_num_threads(1)


class Masses(nn.Module):
    def __init__(self, bodies):
        super().__init__()
        self.mass = nn.Parameter(1.5e30 + 1e29 * torch.randn(bodies))

    def forward(self, share):
        return share @ self.mass


model = Masses(6)
truth = torch.linspace(1e30, 2e30, 6)
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
for step in range(80):
    share = torch.rand(32, 6)
    error = (model(share) - share @ truth) / 1e25
    loss = error.abs().mean()
    optimizer.zero_grad()
    (loss * 1e25).backward()
    for p in model.parameters():
        p.grad.mul_(1e26)
    optimizer.step()
    if step % 20 == 0:
        print(step, loss.item())
