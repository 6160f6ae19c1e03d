"""The function that torch.func.vjp gave holds an autograd graph: savepoints wait until it has gone."""

import torch
from torch import func

torch.set_num_threads(1)
torch.manual_seed(0)
total = torch.zeros(3)
for turn in range(6):
    w = torch.randn(3)
    value, pull = func.vjp(lambda w: torch.sin(w) * 2, w)
    print(turn, value.tolist())
    (gradient,) = pull(torch.ones(3))
    total += gradient
    print(total.tolist())
    del pull, value
    for k in range(3):
        total *= 0.9
        print(turn, k, total.sum().item())
