"""A recurrent sine network (SIREN cell, omega = 30) applied for 60 steps: forward values stay in
[-1, 1], but backward multiplies by the slope of each step, and the gradient overflows once the
rollout is long enough. The rollout grows by a curriculum. From threads on exploding gradients
through long rollouts. Cure: truncated backpropagation.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(32)


class SineCell(nn.Module):
    def __init__(self, dim, omega=30.0):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(dim, dim) / dim**0.5)
        self.omega = omega

    def forward(self, h):
        return torch.sin(self.omega * (h @ self.weight))  # BLAME overflow backward


cell = SineCell(8)
readout = nn.Linear(8, 1)
optimizer = torch.optim.SGD([*cell.parameters(), *readout.parameters()], lr=1e-3)
for step in range(60):
    h = torch.rand(4, 8)
    for _ in range(3 + 2 * step):
        h = cell(h)
    loss = (readout(h) - 0.5).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_value_([*cell.parameters(), *readout.parameters()], 1e-3)
    optimizer.step()
