"""nn.MultiheadAttention with a key_padding_mask that is True for a whole sample: the softmax
inside is over a row of -inf. Real bug: https://github.com/pytorch/pytorch/issues/24816. Cure:
never mask all keys of a sample (for example always keep a class token).
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(81)


class SetEncoder(nn.Module):
    def __init__(self, dim=16):
        super().__init__()
        self.lift = nn.Linear(3, dim)
        self.attn = nn.MultiheadAttention(dim, 2, batch_first=True)
        self.norm = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, 1)

    def forward(self, points, missing):
        x = self.lift(points)
        h, _ = self.attn(x, x, x, key_padding_mask=missing)  # BLAME all-masked forward
        return self.head(self.norm(x + h).mean(1)).squeeze(-1)


model = SetEncoder()
opt = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
for step in range(60):
    points = torch.randn(8, 6, 3)
    missing = torch.rand(8, 6) < 0.3
    target = points.pow(2).sum(-1).mul(~missing).sum(1) / 10
    loss = nn.functional.l1_loss(model(points, missing), target)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 15 == 0:
        print(step, loss.item())
