"""Optimal transport loss with forbidden assignments: their cost is infinite, so that the plan is
exactly zero there, and the loss is the sum of plan * cost, 0 * inf = NaN. From threads on
Sinkhorn with infinite costs. Cure: sum over the allowed pairs only.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(27)


def sinkhorn(cost, rounds=20, reg=0.2):
    kernel = torch.exp(-cost / reg)
    u = torch.full_like(cost[:, 0], 1.0 / len(cost))
    for _ in range(rounds):
        v = (1.0 / cost.size(1)) / (kernel.T @ u + 1e-9)
        u = (1.0 / cost.size(0)) / (kernel @ v + 1e-9)
    return u[:, None] * kernel * v


def transport_loss(a, b, kind_a, kind_b):
    cost = torch.cdist(a, b).pow(2)
    cost = cost.masked_fill(kind_a[:, None] != kind_b, float("inf"))
    with torch.no_grad():
        plan = sinkhorn(cost)
    return (plan * cost).sum()  # BLAME zero-times-inf forward


mover = nn.Linear(2, 2)
opt = torch.optim.SGD(mover.parameters(), lr=0.05)
for step in range(60):
    a, b = torch.randn(10, 2), torch.randn(10, 2) * 0.5 + 1
    kinds = torch.zeros(10, dtype=torch.long)
    if step > 10:
        kinds = torch.arange(10) % 2
    loss = transport_loss(mover(a), b, kinds, kinds)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 15 == 0:
        print(step, loss.item())
