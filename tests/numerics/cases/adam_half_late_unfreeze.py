"""Fine-tuning in pure float16 with Adam: when the embedding is unfrozen, the rows that do not
occur in the batch have a zero gradient and a zero second moment, and eps = 1e-8 is 0 in float16:
0 / 0 inside optimizer.step(), with finite gradients. Real bug:
https://github.com/pytorch/pytorch/issues/147437. Cure: eps=1e-4, or float32 masters.
"""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(100)


class Bag(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(200, 8)
        self.out = nn.Linear(8, 3)

    def forward(self, tokens):
        return self.out(self.embed(tokens).mean(1))


model = Bag().half()
model.embed.weight.requires_grad_(False)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(60):
    if step == 12:
        model.embed.weight.requires_grad_(True)
    tokens = torch.randint(0, 200, (16, 6))
    loss = F.cross_entropy(64 * model(tokens), tokens[:, 0] % 3)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()  # BLAME optimizer-epsilon optimizer
    if step % 20 == 0:
        print(step, loss.item())
