"""Autograd function that brings the gradient at a split of the network to length 1: when the
branch's weight is annealed to 0 the incoming gradient is the zero vector and its norm 0, so 0 / 0
in the function's backward. From split-learning code; an eps added to the norm cures it."""

import torch
from torch import nn

torch.manual_seed(3)
torch.set_num_threads(1)


class UnitGradient(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.view_as(x)

    @staticmethod
    def backward(ctx, grad):
        return grad / grad.norm()  # BLAME clip-by-norm backward


class Split(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Linear(10, 16), nn.ReLU())
        self.main = nn.Linear(16, 1)
        self.aux = nn.Linear(16, 4)

    def forward(self, x):
        h = self.stem(x)
        return self.main(h).squeeze(1), self.aux(UnitGradient.apply(h))


net = Split()
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
for step in range(70):
    x = torch.randn(24, 10)
    group = (x[:, 0] > 0).long() + 2 * (x[:, 1] > 0).long()
    value, logits = net(x)
    anneal = max(0.0, 1 - step / 20)
    loss = (value - x.sum(1)).square().mean()
    loss = loss + anneal * nn.functional.cross_entropy(logits, group)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(step, loss.item())
