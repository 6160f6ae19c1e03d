"""Attention in float16 without the 1 / sqrt(d) before the product: the scores q @ k of a large
hidden state exceed 65504 and become inf, softmax of two infs is NaN. Real bug:
https://github.com/plemeri/InSPyReNet/issues/36. Cure: scale q before the product, or compute the
scores in float32.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(67)


class HalfAttention(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.q = nn.Linear(dim, dim)
        self.k = nn.Linear(dim, dim)
        self.v = nn.Linear(dim, dim)

    def forward(self, x):
        q, k, v = self.q(x).half(), self.k(x).half(), self.v(x).half()
        scores = q @ k.transpose(1, 2)  # BLAME half-overflow forward
        attn = torch.softmax(scores.float() / q.size(-1) ** 0.5, dim=-1)
        return (attn.half() @ v).float()


net = nn.Sequential(HalfAttention(32), nn.Linear(32, 1))
opt = torch.optim.AdamW(net.parameters(), lr=1e-4)
for step in range(60):
    x = torch.randn(4, 6, 32) * (1 + 8 * step)
    y = x.mean((1, 2)).sign()
    loss = nn.functional.smooth_l1_loss(net(x).mean((1, 2)), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
