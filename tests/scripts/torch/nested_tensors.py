"""Nested tensors of both layouts: strided and jagged, with gradients into what they were made of."""

import warnings

import torch
from torch import nn

warnings.simplefilter("ignore")
torch.set_num_threads(1)
torch.manual_seed(0)
parts = [torch.randn(n, 4) for n in (2, 5, 3)]
strided = torch.nested.nested_tensor(parts)
jagged = torch.nested.nested_tensor(parts, layout=torch.jagged)
twice = jagged * 2
linear = nn.Linear(4, 4)
optimizer = torch.optim.SGD(linear.parameters(), lr=0.1)
for step in range(6):
    one = linear(strided)
    two = linear(jagged)
    loss = sum(t.square().sum() for t in one.unbind()) / 10 + two.values().square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(step, loss.item(), linear.weight.sum().item())
    print([t.shape[0] for t in strided.unbind()], jagged.offsets().tolist(), jagged.size(0))
    print(strided.to_padded_tensor(0.0).sum().item(), twice.values().sum().item(), (twice + jagged).values().sum().item())
del jagged, twice, two  # the names of their sizes count up in a process
