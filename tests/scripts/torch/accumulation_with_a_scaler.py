"""Gradients accumulated over micro-batches under a GradScaler of two optimizers; points fall in mid-cycle."""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(1)
body, head = nn.Linear(5, 6), nn.Linear(6, 1)
optimizers = [torch.optim.SGD(body.parameters(), 0.1, momentum=0.9), torch.optim.AdamW(head.parameters(), 0.01)]
scaler = torch.amp.GradScaler("cpu", init_scale=2.0**10, growth_interval=2)
cycle, pending = 3, 0
for step in range(10):
    x = torch.randn(4, 5)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = head(torch.tanh(body(x))).float().square().mean() / cycle
    scaler.scale(loss).backward()
    pending += 1
    print(step, loss.item(), pending, body.weight.grad.abs().sum().item())
    if pending == cycle:
        for optimizer in optimizers:
            scaler.unscale_(optimizer)
            print("unscaled", optimizer.param_groups[0]["params"][0].grad.norm().item())
        norm = nn.utils.clip_grad_norm_([*body.parameters(), *head.parameters()], 0.5)
        nn.utils.clip_grad_value_(head.parameters(), 0.1)
        for optimizer in optimizers:
            scaler.step(optimizer)
            print("stepped", norm.item())
        scaler.update()
        pending = 0
        for optimizer in optimizers:
            optimizer.zero_grad(set_to_none=step % 2 == 0)
        print("cycle ends", scaler.get_scale(), head.weight.sum().item())
