"""Click model, a factorisation machine with an unscaled timestamp column: some rows come in
nanoseconds instead of seconds, and the square of the sum overflows float32. Common with raw logs;
scaling the column to days cures it."""

import torch
from torch import nn

torch.manual_seed(7)
torch.set_num_threads(1)


class FactorisationMachine(nn.Module):
    def __init__(self, columns, rank=4):
        super().__init__()
        self.linear = nn.Linear(columns, 1)
        self.factors = nn.Parameter(torch.randn(columns, rank))
        nn.init.zeros_(self.linear.weight)

    def forward(self, x):
        summed = (x @ self.factors).pow(2)  # BLAME overflow forward
        single = x.pow(2) @ self.factors.pow(2)
        pair = 0.5 * (summed - single).sum(1)
        return self.linear(x)[:, 0] + pair / pair.detach().abs().amax().clamp(min=1)


clicks = torch.cat([torch.rand(800, 5), 1.6e9 + torch.rand(800, 1) * 1e6], dim=1)
clicks[310, 5] *= 1e9
label = (torch.rand(800) < 0.3).float()
model = FactorisationMachine(6)
model.factors.data[5] = torch.tensor([9.0, -14.0, 12.0, 16.0])
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(2):
    for x, y in zip(clicks.split(25), label.split(25), strict=True):
        loss = nn.functional.binary_cross_entropy_with_logits(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
