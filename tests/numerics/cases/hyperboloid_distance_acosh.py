"""Hyperbolic embedding in the Lorentz model: distance acosh(-<u, v>) with the argument clamped to
at least 1. For a node paired with itself the argument is 1: the distance is zero, its derivative
infinite. Real bug: Poincare and Lorentz embedding repositories clamp to 1 + eps for this reason.
Cure: clamp(min=1 + 1e-6).
"""

import torch

torch.set_num_threads(1)
torch.manual_seed(11)


def lift(v):
    return torch.cat([torch.sqrt(1 + v.pow(2).sum(-1, keepdim=True)), v], dim=-1)


def lorentz_distance(u, v):
    inner = (u[..., 1:] * v[..., 1:]).sum(-1) - u[..., 0] * v[..., 0]
    return torch.acosh((-inner).clamp(min=1.0))  # BLAME infinite-derivative backward


nodes = 30
embedding = torch.nn.Embedding(nodes, 3)
torch.nn.init.normal_(embedding.weight, std=0.5)
graph_distance = (torch.arange(nodes)[:, None] - torch.arange(nodes)[None]).abs().float()
optimizer = torch.optim.Adam(embedding.parameters(), lr=0.01)
for step in range(70):
    a, b = torch.randint(0, nodes, (2, 6))
    d = lorentz_distance(lift(embedding(a)), lift(embedding(b)))
    loss = (d - 0.3 * graph_distance[a, b]).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(step, loss.item())
