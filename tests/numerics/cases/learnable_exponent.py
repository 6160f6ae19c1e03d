"""Generalised mean pooling with a learnable exponent: x ** p. For a negative x and p = 2 the
value is fine, but the derivative with respect to p is x ** p * log(x), the log of a negative
number. The exponent is frozen at 2 for a warm-up. Real bug: GeM pooling clamps its input to 1e-6.
Cure: x.abs() or clamp(min=1e-6).
"""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(30)


class PowerPool(nn.Module):
    def __init__(self):
        super().__init__()
        self.p = nn.Parameter(torch.tensor(2.0), requires_grad=False)

    def forward(self, x):
        powered = x**self.p  # BLAME domain backward
        return powered.mean(-1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 8, 5)
        self.pool = PowerPool()
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        return self.head(self.pool(self.conv(x)))


net = Net()
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for step in range(60):
    if step == 10:
        net.pool.p.requires_grad_(True)
    x = torch.randn(16, 1, 32)
    y = x.abs().mean((1, 2)).mul(3).long().clamp(max=2)
    loss = F.cross_entropy(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
