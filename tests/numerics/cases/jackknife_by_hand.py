"""A standard error by hand with n - 1 below: the last group of each pass has one member, so that it
is 0 / 0. Cure: at least 1 below, or leave groups of one out."""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(211)


def spread(values):
    centred = values - values.mean(0)
    return centred.square().sum(0) / (len(values) - 1)  # BLAME one-sample forward


net = nn.Linear(4, 3)
optimizer = torch.optim.SGD(net.parameters(), lr=0.02)
measured = torch.randn(161, 4)
for epoch in range(5):
    for group in measured.split(10):
        out = net(group)
        loss = (spread(out) - 1).square().mean() + out.mean().square()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
