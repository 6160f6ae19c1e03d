"""Attention with a softmax written as exp(s) / exp(s).sum(), without subtracting the maximum. The
scores grow in training until exp overflows. A GRIST classic. Cure: torch.softmax.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(61)


def softmax(scores):
    e = torch.exp(scores)  # BLAME overflow forward
    return e / e.sum(-1, keepdim=True)


class Pointer(nn.Module):
    def __init__(self, dim=8):
        super().__init__()
        self.q = nn.Linear(dim, 16)
        self.k = nn.Linear(dim, 16)

    def forward(self, query, items):
        scores = (self.k(items) @ self.q(query).unsqueeze(-1)).squeeze(-1)
        return softmax(scores)


model = Pointer()
opt = torch.optim.Adam(model.parameters(), lr=0.05)
for step in range(80):
    items = torch.randn(32, 6, 8)
    where = torch.randint(0, 6, (32,))
    query = items[torch.arange(32), where]
    p = model(query, items)
    loss = (1 - p[torch.arange(32), where]).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 20 == 0:
        print(step, loss.item())
