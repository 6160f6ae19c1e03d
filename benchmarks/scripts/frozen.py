"""A backbone of 100 MB that is frozen, and a head of 1 MB that is trained with Adam.

Saves twice with one step in between, and prints how many bytes that step changed.
"""

import torch
from torch import nn

import midrun

torch.manual_seed(0)
backbone = nn.Sequential(*[nn.Linear(1024, 1024) for _ in range(24)])
for parameter in backbone.parameters():
    parameter.requires_grad_(False)
head = nn.Linear(1024, 256)
optimizer = torch.optim.Adam(head.parameters())


def step() -> None:
    optimizer.zero_grad()
    head(backbone(torch.randn(8, 1024))).square().mean().backward()
    optimizer.step()
    optimizer.zero_grad()


step()
midrun.savepoint("one")
step()
midrun.savepoint("two")
trained = list(head.parameters())
trained += [value for state in optimizer.state.values() for value in state.values()]
print(sum(tensor.numel() * tensor.element_size() for tensor in trained))
