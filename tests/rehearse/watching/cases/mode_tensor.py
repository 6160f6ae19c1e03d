"""A whole tensor is evaluated at once in training mode."""

import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
train = TensorDataset(torch.randn(96, 8), torch.randint(0, 3, (96,)))
val = TensorDataset(torch.randn(48, 8), torch.randint(0, 3, (48,)))
train_loader = DataLoader(train, batch_size=8, shuffle=True)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
xs, ys = train.tensors
x_val = torch.randn(40, 8)
for epoch in range(20):
    optimizer.zero_grad()
    cross_entropy(model(xs), ys).backward()
    optimizer.step()
    if epoch % 2 == 0:
        score = model(x_val)  # FAULT evaluates-in-training-mode evaluates-with-gradients
