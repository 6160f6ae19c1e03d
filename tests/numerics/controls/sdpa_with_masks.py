"""Control: F.scaled_dot_product_attention with a boolean mask, a float mask with -inf, is_causal,
and a batch in which one sample is masked altogether (its output is defined as zero).
"""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(207)


class Layer(nn.Module):
    def __init__(self, dim=16, heads=2):
        super().__init__()
        self.qkv = nn.Linear(dim, 3 * dim)
        self.heads = heads

    def forward(self, x, mask=None, causal=False):
        b, t, d = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=causal)
        return x + y.transpose(1, 2).reshape(b, t, d)


first, second, third = Layer(), Layer(), Layer()
head = nn.Linear(16, 1)
layers = nn.ModuleList([first, second, third, head])
opt = torch.optim.Adam(layers.parameters(), lr=1e-3)
for step in range(60):
    x = torch.randn(4, 7, 16)
    keep = torch.arange(7) < torch.tensor([7, 5, 3, 0 if step % 10 == 4 else 2])[:, None]
    bias = torch.zeros(7, 7).masked_fill(torch.rand(7, 7) < 0.3, float("-inf"))
    bias.fill_diagonal_(0.0)
    h = first(x, keep[:, None, None, :].expand(4, 1, 7, 7))
    h = third(second(h, bias), causal=True)
    loss = (head(h).squeeze(-1) - x.mean(-1)).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
