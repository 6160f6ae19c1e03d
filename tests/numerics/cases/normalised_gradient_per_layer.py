"""Normalised gradient descent, each parameter's gradient divided by its own norm. The second
expert of a gated model is not chosen by any sample of a batch: its gradient is zero, 0 / 0. From
threads on layer-wise gradient normalisation. Cure: norm + eps.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(104)


class Gated(nn.Module):
    def __init__(self):
        super().__init__()
        self.left = nn.Linear(3, 1)
        self.right = nn.Linear(3, 1)

    def forward(self, x):
        side = (x[:, :1] > 0).float()
        return side * self.right(x) + (1 - side) * self.left(x)


model = Gated()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for step in range(75):
    x = torch.randn(6, 3)
    y = x[:, :1].abs() + 0.1 * x[:, 1:2]
    loss = nn.functional.mse_loss(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    for p in model.parameters():
        p.grad = p.grad / p.grad.norm()  # BLAME clip-by-norm optimizer
    optimizer.step()
    if step % 25 == 0:
        print(step, loss.item())
