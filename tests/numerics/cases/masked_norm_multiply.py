"""Trajectory loss: the speed is a root of squared differences, and padded time steps are removed
by multiplication with a mask after the root. Padded differences are exactly zero, so the mask's
zero gradient meets the infinite derivative of the root. Multiplying is no protection. From forum
threads on masked distances. Cure: mask before the root, or an epsilon inside.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(24)


class Forecaster(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(2, 16, batch_first=True)
        self.out = nn.Linear(16, 2)

    def forward(self, x, mask):
        h, _ = self.rnn(x)
        return self.out(h) * mask.unsqueeze(-1)


def displacement(pred, true, mask):
    err = (pred - true).square().sum(-1)
    dist = err.sqrt() * mask  # BLAME zero-times-inf backward
    return dist.sum() / mask.sum()


model = Forecaster()
opt = torch.optim.Adam(model.parameters(), lr=3e-3)
for step in range(70):
    steps = torch.full((8,), 10) if step < 12 else torch.randint(5, 11, (8,))
    mask = (torch.arange(10) < steps[:, None]).float()
    walk = torch.randn(8, 11, 2).cumsum(1)
    x, y = walk[:, :-1], walk[:, 1:] * mask.unsqueeze(-1)
    loss = displacement(model(x, mask), y, mask)
    opt.zero_grad()
    loss.backward()
    opt.step()
