"""torch.jit.trace runs the program's code; nothing can be saved in the middle of it."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 8)
        self.second = nn.Linear(8, 2)

    def forward(self, x):
        for layer in (self.first, self.second):
            x = layer(x)
            x = torch.tanh(x)
        return x


torch.manual_seed(0)
net = Net()
optimizer = torch.optim.SGD(net.parameters(), 0.1)
for step in range(3):
    x = torch.randn(3, 4)
    traced = torch.jit.trace(net, x)
    loss = traced(x).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(step, round(loss.item(), 5))
