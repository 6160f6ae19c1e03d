"""Experts that a batch may not use, a head for later, a part that is unfrozen later."""

import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
train = TensorDataset(torch.randn(96, 8), torch.randint(0, 3, (96,)))
train_loader = DataLoader(train, batch_size=8, shuffle=True)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.experts = nn.ModuleList(nn.Linear(8, 16) for _ in range(6))
        self.stem = nn.Linear(8, 8)
        self.stem.requires_grad_(False)
        self.frozen = nn.Linear(8, 8)
        self.head = nn.Linear(16, 3)
        self.later = nn.Linear(16, 3)
        self.scale = nn.Parameter(torch.ones(16))
        self.epoch = 0

    def forward(self, x):
        with torch.no_grad():
            x = self.frozen(x)
        h = self.experts[int(x[0, 0] > 9)](self.stem(x)).relu()
        if self.epoch > 100:
            return self.later(h * self.scale)
        return self.head(h)


model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(20):
    if epoch == 19:
        model.stem.requires_grad_(True)
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
