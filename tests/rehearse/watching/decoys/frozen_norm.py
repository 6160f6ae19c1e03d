"""A frozen part is kept in evaluation mode; evaluation in the middle of an epoch."""

import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
train = TensorDataset(torch.randn(96, 8), torch.randint(0, 3, (96,)))
val = TensorDataset(torch.randn(48, 8), torch.randint(0, 3, (48,)))
train_loader = DataLoader(train, batch_size=8, shuffle=True)
val_loader = DataLoader(val, batch_size=8)
backbone = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16))
backbone.requires_grad_(False)
model = nn.Sequential(backbone, nn.Dropout(0.1), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model[2].parameters(), lr=0.1)


def evaluate():
    model.eval()
    with torch.inference_mode():
        for x, _ in val_loader:
            model(x)
    model.train()
    backbone.eval()


model.train()
backbone.eval()
for _epoch in range(3):
    for i, (x, y) in enumerate(train_loader):
        optimizer.zero_grad()
        loss = cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        if i % 4 == 0:
            evaluate()
