"""A layer that forward does not use, and one whose output is detached."""

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
        self.encoder = nn.Linear(8, 16)  # FAULT no-gradient
        self.extra = nn.Linear(16, 16)  # FAULT no-gradient
        self.head = nn.Linear(16, 3)

    def forward(self, x):
        return self.head(self.encoder(x).relu().detach())


model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _epoch in range(3):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
