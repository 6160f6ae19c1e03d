"""Several tasks brought to one scale by dividing each loss by its own detached value: once a
hinge loss is satisfied on the whole batch it is exactly 0, and 0 / 0 is NaN. From scale-free
multi-task weighting; a floor under the detached loss cures it."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
torch.set_num_threads(1)


class Trainer:
    def __init__(self):
        self.trunk = nn.Sequential(nn.Linear(10, 32), nn.ReLU())
        self.sign_head = nn.Linear(32, 1)
        self.value_head = nn.Linear(32, 1)
        modules = nn.ModuleList([self.trunk, self.sign_head, self.value_head])
        self.optimizer = torch.optim.Adam(modules.parameters(), lr=0.02)

    def losses(self, x):
        h = self.trunk(x)
        label = x[:, :1].sign()
        margin = F.relu(0.5 - label * self.sign_head(h)).mean()
        value = F.mse_loss(self.value_head(h), x.sum(1, keepdim=True))
        return [margin, value]

    def step(self, x):
        parts = torch.stack(self.losses(x))
        total = (parts / parts.detach()).sum()  # BLAME division-by-zero forward
        self.optimizer.zero_grad()
        total.backward()
        self.optimizer.step()
        return total.item()


trainer = Trainer()
data = torch.randn(16, 10)
data[:, 0] += data[:, 0].sign()
for step in range(80):
    total = trainer.step(data)
    if step % 20 == 0:
        print(step, total)
