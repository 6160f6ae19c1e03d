"""LBFGS computes its gradients in a closure."""

import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
train = TensorDataset(torch.randn(96, 8), torch.randint(0, 3, (96,)))
train_loader = DataLoader(train, batch_size=8, shuffle=True)
model = nn.Linear(8, 3)
optimizer = torch.optim.LBFGS(model.parameters(), max_iter=4)
xs, ys = train.tensors


def closure():
    optimizer.zero_grad()
    loss = cross_entropy(model(xs), ys)
    loss.backward()
    return loss


for _ in range(6):
    optimizer.step(closure)
