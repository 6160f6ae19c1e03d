"""Large finite gradients, some 1e25, whose total L2 norm overflows to inf: clipping by it, max /
inf, makes the gradients 0 in a rare step, and the training goes on with finite numbers."""

import torch
from torch import nn

torch.manual_seed(10)
torch.set_num_threads(1)

model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)


def clip(parameters, limit):
    grads = [p.grad for p in parameters]
    norm = torch.stack([g.square().sum() for g in grads]).sum().sqrt()
    for g in grads:
        g.mul_((limit / norm).clamp(max=1.0))


for step in range(80):
    x = torch.randn(32, 6)
    weight = torch.ones(32)
    if step % 15 == 14:
        weight[3] = 1e25
    loss = (weight * (model(x)[:, 0] - x[:, 0]).square()).mean()
    optimizer.zero_grad()
    loss.backward()
    clip(list(model.parameters()), 1.0)
    optimizer.step()
    if step % 20 == 0:
        print(step, loss.item())
