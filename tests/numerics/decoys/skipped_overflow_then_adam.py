"""The float16 gradients overflow in the first steps and are skipped, the scale is halved, as it
should be. The defect comes later: Adam's eps of 1e-8 is 0 for float16 parameters, and an unused
input column has a zero second moment, 0 / 0 in the first step that is not skipped. Cure:
eps=1e-4, or float32 master weights.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(305)

net = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 1)).half()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
scale = 2.0**24


def unscale(params, scale):
    for p in params:
        p.grad /= scale
    return all(torch.isfinite(p.grad).all() for p in params)


for step in range(90):
    x = torch.randn(32, 8)
    x[:, 7] = 0.0
    loss = (net(x.half()).float() - x[:, :3].sum(1, keepdim=True)).pow(2).mean()
    optimizer.zero_grad()
    (loss * scale).backward()
    if not unscale(list(net.parameters()), scale):
        scale /= 2
        continue
    optimizer.step()  # BLAME optimizer-epsilon optimizer
    if step % 30 == 0:
        print(step, loss.item(), scale)
