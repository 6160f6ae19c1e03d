"""torch.utils.checkpoint of both kinds, with dropout that is drawn again in backward, and sequential."""

import torch
from torch import nn
from torch.utils.checkpoint import checkpoint, checkpoint_sequential

torch.set_num_threads(1)
torch.manual_seed(0)
calls = []


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Sequential(nn.Linear(6, 6), nn.Dropout(0.3), nn.Tanh())

    def forward(self, x):
        calls.append(x.shape[0])
        return x + self.inner(x)


blocks = nn.ModuleList(Block() for _ in range(3))
tail = nn.Sequential(nn.Linear(6, 6), nn.ReLU(), nn.Linear(6, 1))
optimizer = torch.optim.AdamW([*blocks.parameters(), *tail.parameters()], lr=0.01)
for step in range(6):
    x = torch.randn(4, 6, requires_grad=True)
    for number, block in enumerate(blocks):
        x = checkpoint(block, x, use_reentrant=number == 1)
    loss = checkpoint_sequential(tail, 2, x, use_reentrant=False).square().mean()
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    print(step, loss.item(), len(calls), torch.rand(1).item())
    print(blocks[0].inner[0].weight.sum().item())
