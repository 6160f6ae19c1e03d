"""Attention mask built as (1 - mask) * -inf: where the mask is 1 this is 0 * -inf = NaN. Only the
batches that contain a padded sequence build a mask at all, so the first steps are fine. A common
bug in hand-written transformers. Cure: masked_fill, or a large finite number.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(25)


class Attention(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.qkv = nn.Linear(dim, 3 * dim)
        self.out = nn.Linear(dim, 1)

    def forward(self, x, mask=None):
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        scores = q @ k.transpose(1, 2) / math.sqrt(q.size(-1))
        if mask is not None:
            bias = (1.0 - mask) * float("-inf")  # BLAME zero-times-inf forward
            scores = scores + bias[:, None, :]
        return self.out(F.softmax(scores, dim=-1) @ v).mean(1).squeeze(-1)


net = Attention(16)
opt = torch.optim.AdamW(net.parameters(), lr=1e-3)
for step in range(60):
    x = torch.randn(4, 7, 16)
    lengths = torch.full((4,), 7)
    if step % 20 == 9:
        lengths[2] = 5
    mask = (torch.arange(7) < lengths[:, None]).float()
    padded = bool((lengths < 7).any())
    loss = (net(x, mask if padded else None) - x[:, 0, 0]).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
