"""Schedulers that are stepped as their arguments say, or go round on purpose."""

import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
train = TensorDataset(torch.randn(96, 8), torch.randint(0, 3, (96,)))
train_loader = DataLoader(train, batch_size=8, shuffle=True)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
schedulers = torch.optim.lr_scheduler
per_batch = [
    schedulers.CosineAnnealingLR(optimizer, T_max=len(train_loader)),
    schedulers.LinearLR(optimizer, total_iters=30),
    schedulers.ExponentialLR(optimizer, gamma=0.999),
    schedulers.CosineAnnealingWarmRestarts(optimizer, T_0=10),
]
per_epoch = [
    schedulers.StepLR(optimizer, step_size=10),
    schedulers.StepLR(optimizer, step_size=300),
    schedulers.CosineAnnealingLR(optimizer, T_max=50),
    schedulers.CosineAnnealingLR(optimizer, T_max=200),
    schedulers.MultiStepLR(optimizer, milestones=[30, 80]),
]
for _epoch in range(50):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        for scheduler in per_batch:
            scheduler.step()
    for scheduler in per_epoch:
        scheduler.step()
