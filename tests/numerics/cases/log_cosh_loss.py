"""Log-cosh regression loss by hand: log(cosh(error)). The cosh overflows for an error above 89,
which an unscaled target has. Cure: |e| + softplus(-2 |e|) - log 2.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(63)


class LogCosh(nn.Module):
    def forward(self, pred, target):
        return torch.log(torch.cosh(pred - target)).mean()  # BLAME overflow forward


x = torch.randn(500, 5)
w = torch.tensor([3.0, -2.0, 0.5, 0.0, 4.0])
y = x @ w + 0.1 * torch.randn(500)
y[333] = -120.0
model = nn.Linear(5, 1)
criterion = LogCosh()
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(60):
    rows = slice(step * 25 % 500, step * 25 % 500 + 25)
    loss = criterion(model(x[rows]).squeeze(1), y[rows])
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 20 == 0:
        print(step, loss.item())
