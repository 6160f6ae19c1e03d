"""Binary cross entropy by hand under bfloat16 autocast: with 8 bits 1 - p is 0 as soon as p
exceeds 0.998, its log is -inf. In float32 1 - p is a small number. Blame is the log that consumes
it. Cure: binary_cross_entropy_with_logits, in float32.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(122)


def cross_entropy(p, y):
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()  # BLAME half-underflow forward


net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for step in range(80):
    x = torch.randn(32, 6)
    y = (x[:, :1] + 0.3 * torch.randn(32, 1) > 0).float()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        p = torch.sigmoid(3 * net(x))
        loss = cross_entropy(p, y.to(p.dtype))
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 20 == 0:
        print(step, loss.item())
