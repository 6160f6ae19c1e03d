"""Layers frozen and thawed under way, requires_grad toggled, grads set by hand, leaf and retained gradients."""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 1))
model[0].requires_grad_(False)
optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=0.05)
mask = torch.ones(4, requires_grad=True)
leaf = torch.zeros(3)
for step in range(6):
    hidden = model[:2](torch.randn(5, 3)) * mask
    hidden.retain_grad()
    loss = model[2:](hidden).square().mean() + (leaf * step).sum()
    loss.backward()
    print(step, loss.item(), hidden.grad.sum().item(), [p.requires_grad for p in model.parameters()])
    optimizer.step()
    optimizer.zero_grad()
    if step == 2:
        model[0].weight.requires_grad_(True)
        optimizer.add_param_group({"params": [model[0].weight], "lr": 0.01})
        leaf.requires_grad_(True)
    with torch.no_grad():
        mask -= 0.1 * mask.grad
        mask.grad.zero_()
    model[0].bias.grad = torch.full((4,), float(step))
    print(model[0].weight.grad is None, mask.tolist(), leaf.grad, len(optimizer.param_groups), mask.is_leaf)
