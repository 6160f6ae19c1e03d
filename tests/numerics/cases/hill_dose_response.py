"""Dose-response fit with the Hill equation, (dose - shift) ** n: as the learned shift passes the
smallest dose, the base is negative and its fractional power NaN. From curve fitting in
pharmacology; a softplus on the difference or a bound on the shift cures it."""

import torch
from torch import nn

torch.manual_seed(1)
torch.set_num_threads(1)


class Hill(nn.Module):
    def __init__(self):
        super().__init__()
        self.shift = nn.Parameter(torch.tensor(0.0))
        self.middle = nn.Parameter(torch.tensor(1.0))
        self.n = nn.Parameter(torch.tensor(1.5))
        self.top = nn.Parameter(torch.tensor(1.0))

    def forward(self, dose):
        powered = (dose - self.shift) ** self.n  # BLAME domain forward
        return self.top * powered / (self.middle**self.n + powered)


dose = torch.linspace(0.4, 6, 40)
response = 2 * (dose - 0.39) ** 2.2 / (2.5**2.2 + (dose - 0.39) ** 2.2)
response = response + 0.03 * torch.randn(40)
model = Hill()
optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
for step in range(100):
    loss = (model(dose) - response).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(step, loss.item(), model.shift.item())
