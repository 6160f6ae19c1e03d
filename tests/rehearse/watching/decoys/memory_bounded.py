"""A replay buffer with a bound, a bank of features, a history of numbers."""

from collections import deque

import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
train = TensorDataset(torch.randn(96, 8), torch.randint(0, 3, (96,)))
train_loader = DataLoader(train, batch_size=8, shuffle=True)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)


class Memory:
    def __init__(self, capacity):
        self.capacity = capacity
        self.items = []
        self.position = 0

    def push(self, item):
        if len(self.items) < self.capacity:
            self.items.append(None)
        self.items[self.position] = item
        self.position = (self.position + 1) % self.capacity


memory = Memory(50)
newest = deque(maxlen=100)
bank = {}
history = {"loss": [], "score": []}
for _epoch in range(1000):
    for i, (x, y) in enumerate(train_loader):
        optimizer.zero_grad()
        loss = cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        big = torch.cat([x] * 100)
        memory.push(big)
        newest.append(big)
        bank[i] = big
        history["loss"].append(loss.item())
        history["score"].append(float(y.sum()))
