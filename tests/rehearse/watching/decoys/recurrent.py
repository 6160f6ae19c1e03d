"""A loss is added up over time and taken back through as a whole; a window of losses."""

import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
train = TensorDataset(torch.randn(96, 8), torch.randint(0, 3, (96,)))
train_loader = DataLoader(train, batch_size=8, shuffle=True)
cell = nn.GRUCell(8, 8)
head = nn.Linear(8, 3)
optimizer = torch.optim.SGD([*cell.parameters(), *head.parameters()], lr=0.1)
recent = []
for _epoch in range(3):
    for x, y in train_loader:
        state = torch.zeros(len(x), 8)
        loss = 0
        for _ in range(12):
            state = cell(x, state)
            loss = loss + cross_entropy(head(state), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        recent = [*recent, loss][-5:]
