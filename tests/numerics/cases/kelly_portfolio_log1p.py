"""Portfolio learned by the mean of log1p(return): with leverage a crash day brings the return of
the portfolio under -1, where log1p is NaN. From growth-optimal trading code; bounding the
leverage or clamping the return above -1 cures it."""

import torch
from torch import nn

torch.manual_seed(4)
torch.set_num_threads(1)

ASSETS, DAYS = 6, 640
returns = 0.02 + 0.03 * torch.randn(DAYS, ASSETS)
returns[437] = -0.45
signals = torch.cat([torch.randn(DAYS, 4), torch.ones(DAYS, 1)], dim=1)


class Allocator(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, ASSETS))

    def forward(self, signal):
        return self.net(signal)


def growth(weights, realised):
    gain = (weights * realised).sum(dim=1)
    return torch.log1p(gain).mean()  # BLAME log-domain forward


allocator = Allocator()
optimizer = torch.optim.RMSprop(allocator.parameters(), lr=0.02)
for epoch in range(2):
    for start in range(0, DAYS, 20):
        day = slice(start, start + 20)
        loss = -growth(allocator(signals[day]), returns[day])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
