"""Cosine similarity in float16: x / (norm + 1e-8) protects in float32, but 1e-8 rounds to 0 in
half precision, and a zero vector (a padding token) is divided by 0. Blame is the division. Real
bug: https://github.com/pyg-team/pytorch_geometric/pull/2106. Cure: eps = 1e-4, or float32.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(72)


def unit(x, eps=1e-8):
    norm = x.norm(dim=-1, keepdim=True)
    return x / (norm + eps)  # BLAME half-underflow forward


class Matcher(nn.Module):
    def __init__(self, words=50, dim=12):
        super().__init__()
        self.table = nn.Embedding(words, dim, padding_idx=0)
        self.proj = nn.Linear(dim, dim, bias=False)

    def forward(self, left, right):
        a = self.proj(self.table(left)).half()
        b = self.proj(self.table(right)).half()
        return (unit(a) * unit(b)).sum(-1).float()


model = Matcher()
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
for step in range(60):
    left = torch.randint(1, 50, (16,))
    right = torch.randint(0 if step >= 8 else 1, 50, (16,))
    target = ((left % 3) == (right % 3)).float()
    loss = (model(left, right) - target).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
