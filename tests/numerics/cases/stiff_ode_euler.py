"""Neural ODE of a reaction with a cubic term, integrated by explicit Euler: for a step size that
is too large for the stiffness the state doubles its exponent at each step and overflows. From
threads on neural ODEs going to NaN. Cure: smaller steps, an implicit or adaptive solver.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(65)


class Reaction(nn.Module):
    def __init__(self):
        super().__init__()
        self.rate = nn.Parameter(torch.tensor([0.5, 0.5]))

    def forward(self, y):
        return -self.rate * y**3  # BLAME overflow forward


def integrate(field, y, horizon, dt=0.1):
    for _ in range(horizon):
        y = y + dt * field(y)
    return y


field = Reaction()
opt = torch.optim.Adam(field.parameters(), lr=0.05)
for epoch in range(60):
    y0 = torch.randn(16, 2) * (1 + 0.25 * epoch)
    exact = y0 / torch.sqrt(1 + 2 * 1.5 * y0**2 * 1.2)
    loss = nn.functional.smooth_l1_loss(integrate(field, y0, 12), exact)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if epoch % 10 == 0:
        print(epoch, loss.item())
