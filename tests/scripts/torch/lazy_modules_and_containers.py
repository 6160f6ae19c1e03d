"""Lazy modules before and after their first forward, ParameterList and ParameterDict, pruned weights, buffers."""

import warnings

import torch
from torch import nn
from torch.nn.utils import prune

warnings.simplefilter("ignore")
torch.set_num_threads(1)
torch.manual_seed(0)
lazy = nn.Sequential(nn.LazyLinear(4), nn.LazyBatchNorm1d(), nn.ReLU(), nn.LazyLinear(1))
late = nn.LazyConv1d(2, 1)
listed = nn.ParameterList([torch.randn(2), nn.Parameter(torch.randn(2))])
named = nn.ParameterDict({"a": nn.Parameter(torch.ones(2)), "b": torch.zeros(2)})
pruned = nn.Linear(3, 3)
prune.l1_unstructured(pruned, "weight", 0.3)
prune.random_structured(pruned, "weight", 1, dim=0)
holder = nn.Module()
holder.register_buffer("kept", torch.zeros(2))
holder.register_buffer("gone", torch.ones(2), persistent=False)
for step in range(6):
    print(step, type(lazy[0]).__name__, lazy[0].has_uninitialized_params() if step == 0 else "made", type(late.weight).__name__)
    x = torch.randn(5, 3)
    loss = lazy(x).mean() + sum(p.sum() for p in listed) + named["a"].sum() + pruned(x).square().mean()
    loss.backward()
    print(loss.item(), len(listed), sorted(named), int((pruned.weight == 0).sum()), type(listed[0]).__name__)
    with torch.no_grad():
        for p in [*lazy.parameters(), *listed, pruned.weight_orig]:
            p -= 0.01 * p.grad
            p.grad = None
    holder.kept += 1
    holder.gone *= 2
    print(holder.kept.tolist(), holder.gone.tolist(), list(holder.state_dict()))
    if step == 3:
        prune.remove(pruned, "weight")
        pruned.weight_orig = pruned.weight
        late(torch.randn(1, 3, 4))
print(type(late).__name__, late.weight.sum().item())
