"""Adapters are added to the model when a new task begins; their weights come from torch.empty and
the call of the initialiser was forgotten. Deterministic mode fills such memory with NaN. Cure:
nn.init.
"""

import torch
from torch import nn

torch.use_deterministic_algorithms(True)
torch.set_num_threads(1)
torch.manual_seed(96)


class Adapter(nn.Module):
    def __init__(self, dim, rank=2):
        super().__init__()
        self.down = nn.Parameter(torch.randn(dim, rank) / dim**0.5)
        self.up = nn.Parameter(torch.empty(rank, dim))  # BLAME uninitialised forward

    def forward(self, x):
        return x + x @ self.down @ self.up


base = nn.Sequential(nn.Linear(6, 12), nn.Tanh())
head = nn.Linear(12, 3)
adapters = nn.ModuleDict()
opt = torch.optim.Adam([*base.parameters(), *head.parameters()], lr=5e-3)
for step in range(60):
    task = "parsing" if step < 20 else "tagging"
    if step == 20:
        adapters[task] = Adapter(12)
        opt.add_param_group({"params": list(adapters[task].parameters())})
    x = torch.randn(16, 6)
    h = base(x)
    if task in adapters:
        h = adapters[task](h)
    loss = nn.functional.cross_entropy(head(h), x[:, :3].argmax(1))
    opt.zero_grad()
    loss.backward()
    opt.step()
