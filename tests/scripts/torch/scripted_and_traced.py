"""torch.jit: scripted modules in training, traced functions, scripted functions and classes with attributes."""

import warnings
from typing import List

import torch
from torch import nn

warnings.simplefilter("ignore")
torch.set_num_threads(1)
torch.manual_seed(0)


class Net(nn.Module):
    seen: List[int]

    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(3, 3)
        self.register_buffer("count", torch.zeros(1))
        self.factor: float = 2.0
        self.seen = []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.count += 1
        self.seen.append(int(x.size(0)))
        return torch.tanh(self.inner(x)) * self.factor


@torch.jit.script
def halve(x: torch.Tensor, times: int) -> torch.Tensor:
    for _ in range(times):
        x = x / 2
    return x


scripted = torch.jit.script(Net())
traced = torch.jit.trace(nn.Sequential(nn.Linear(3, 2), nn.ReLU()), torch.zeros(1, 3))
function = torch.jit.trace(lambda x: x * 3 + 1, torch.zeros(2))
optimizer = torch.optim.Adam([*scripted.parameters(), *traced.parameters()], lr=0.01)
for step in range(6):
    loss = traced(scripted(torch.randn(step + 1, 3))).square().mean() + halve(scripted.inner.weight, 2).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(step, loss.item(), scripted.count.item(), len(scripted.seen), scripted.factor)
    print(function(torch.ones(2)).tolist(), type(traced).__name__, sorted(n for n, _ in scripted.named_parameters()))
    print(next(iter(optimizer.param_groups[0]["params"])) is scripted.inner.weight)
    if step == 3:
        scripted.eval()
        scripted.factor = 0.5
    print(scripted.training)
del scripted, traced  # objects of C++ have no contents to compare
