"""A teacher that is a mean of the student, a target that is a copy, features for a memory bank."""

import copy

import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
train = TensorDataset(torch.randn(96, 8), torch.randint(0, 3, (96,)))
train_loader = DataLoader(train, batch_size=8, shuffle=True)
student = nn.Sequential(nn.Linear(8, 16), nn.Dropout(0.2), nn.Linear(16, 3))
teacher = copy.deepcopy(student)
optimizer = torch.optim.SGD(student.parameters(), lr=0.1)
bank = torch.zeros(96, 3)
for _epoch in range(4):
    for i, (x, y) in enumerate(train_loader):
        with torch.no_grad():
            target = teacher(x).softmax(1)
            bank[i * 8 : i * 8 + 8] = student(x + 0.1)
        optimizer.zero_grad()
        loss = cross_entropy(student(x), target) + cross_entropy(student(x), y)
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            for mean, new in zip(teacher.parameters(), student.parameters(), strict=True):
                mean.mul_(0.9).add_(new, alpha=0.1)
