"""Gradient accumulation: at most points there are gradients that belong to half a cycle, and a running loss tensor."""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)
model = nn.Linear(3, 2)
optimizer = torch.optim.AdamW(model.parameters(), lr=0.05)
running, tokens = torch.zeros(()), 0
for micro in range(11):
    x = torch.randn(4, 3)
    loss = model(x).square().mean() / 4
    loss.backward()
    running += loss.detach()
    tokens += x.numel()
    print(micro, loss.item(), running.item(), model.weight.grad.norm().item(), model.bias.grad is not None)
    if (micro + 1) % 4 == 0:
        norm = nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        optimizer.step()
        optimizer.zero_grad(set_to_none=micro < 6)
        print("step", norm.item(), running.item(), model.bias.grad)
        running.zero_()
print("left over", model.weight.grad.sum().item(), tokens)
