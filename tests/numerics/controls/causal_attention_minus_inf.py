"""Control: causal attention by hand, the future masked with -inf; every row keeps an entry."""

import math

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(200)


class CausalAttention(nn.Module):
    def __init__(self, dim, length):
        super().__init__()
        self.qkv = nn.Linear(dim, 3 * dim)
        mask = torch.full((length, length), float("-inf")).triu(1)
        self.register_buffer("mask", mask)

    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        scores = q @ k.transpose(1, 2) / math.sqrt(q.size(-1)) + self.mask
        return torch.softmax(scores, dim=-1) @ v


embed = nn.Embedding(20, 16)
attention = CausalAttention(16, 12)
head = nn.Linear(16, 20)
opt = torch.optim.AdamW(nn.ModuleList([embed, attention, head]).parameters(), lr=1e-3)
for _ in range(60):
    tokens = torch.randint(0, 20, (8, 13))
    logits = head(attention(embed(tokens[:, :-1])))
    loss = F.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten())
    opt.zero_grad()
    loss.backward()
    opt.step()
