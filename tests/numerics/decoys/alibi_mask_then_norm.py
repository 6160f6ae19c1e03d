"""Causal attention with a bias of -inf in every step, as it should be. The real defect comes
later: the output is divided by its own length, and for a padded sequence of zeros (no biases in
the model) this is 0 / 0. F.normalize cures it."""

import torch
from torch import nn

torch.manual_seed(1)
torch.set_num_threads(1)


class CausalBlock(nn.Module):
    def __init__(self, width=12):
        super().__init__()
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)

    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        n = x.shape[1]
        bias = torch.full((n, n), float("-inf")).triu(1)
        attention = torch.softmax(q @ k.transpose(1, 2) / q.shape[-1] ** 0.5 + bias, dim=-1)
        return self.out(attention @ v)


def sentence_vector(hidden):
    pooled = hidden.mean(dim=1)
    return pooled / pooled.norm(dim=1, keepdim=True)  # BLAME division-by-zero forward


block = CausalBlock()
optimizer = torch.optim.AdamW(block.parameters(), lr=1e-3)
for step in range(64):
    x = torch.randn(10, 7, 12)
    if step % 16 == 13:
        x[4] = 0
    vectors = sentence_vector(block(x))
    again = sentence_vector(block(x + 0.1 * torch.randn_like(x)))
    loss = nn.functional.cross_entropy(vectors @ again.T * 5, torch.arange(10))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 16 == 0:
        print(step, loss.item())
