"""Adagrad with eps=0 and an auxiliary head that joins at step 12 with a warm-up weight that
starts at 0: its first gradients are exactly 0, the accumulated sum is 0 and the update 0 / 0.
eps=0 is often copied from tuned configs; the default eps of 1e-10 cures it."""

import torch
from torch import nn

torch.manual_seed(4)
torch.set_num_threads(1)


class MultiTask(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(8, 24), nn.Tanh())
        self.main = nn.Linear(24, 1)
        self.extra = nn.Linear(24, 1)

    def forward(self, x):
        h = self.trunk(x)
        return self.main(h), self.extra(h)


model = MultiTask()
optimizer = torch.optim.Adagrad(model.parameters(), lr=0.02, eps=0.0)
criterion = nn.SmoothL1Loss()
for step in range(70):
    x = torch.randn(32, 8)
    main, extra = model(x)
    loss = criterion(main, x.mean(1, keepdim=True))
    if step >= 12:
        ramp = min((step - 12) / 20, 1.0)
        loss = loss + ramp * criterion(extra, x[:, :1] * x[:, 1:2])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()  # BLAME optimizer-epsilon optimizer
    if step % 10 == 0:
        print(step, loss.item())
