"""Another seed each epoch, one for each learning rate, and one that an evaluation takes back."""

import random

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
train = TensorDataset(torch.randn(96, 8), torch.randint(0, 3, (96,)))
val = TensorDataset(torch.randn(48, 8), torch.randint(0, 3, (48,)))
train_loader = DataLoader(train, batch_size=8, shuffle=True)
val_loader = DataLoader(val, batch_size=8)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)


@torch.no_grad()
def evaluate():
    random.seed(0)
    np.random.seed(0)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model.eval()
        for x, _ in val_loader:
            model(x + 0.1 * torch.randn_like(x) + random.random())
    model.train()


for epoch in range(4):
    torch.manual_seed(epoch)
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
    evaluate()
for lr in (0.1, 0.01, 0.001):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(8, 3), nn.Dropout(0.2))
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
