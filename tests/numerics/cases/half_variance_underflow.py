"""Instance normalisation by hand in float16: the variance of a low-contrast patch, about 1e-8,
underflows to 0, and so does the eps of 1e-9; the reciprocal root is infinite and then meets a
difference of 0. In float32 all is fine. Blame is the rsqrt that consumes the variance. Cure:
statistics in float32.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(73)


def instance_norm(x, eps=1e-9):
    centred = x - x.mean((2, 3), keepdim=True)
    var = centred.square().mean((2, 3), keepdim=True)
    return centred * torch.rsqrt(var + eps)  # BLAME half-underflow forward


conv = nn.Conv2d(1, 4, 3, bias=False)
head = nn.Linear(4, 1)
opt = torch.optim.SGD([*conv.parameters(), *head.parameters()], lr=0.02)
patches = torch.rand(256, 1, 10, 10)
patches[142] = 0.01 * patches[142].clamp(0.49, 0.5)
target = patches.std((1, 2, 3))
for epoch in range(2):
    for lo in range(0, 256, 8):
        h = instance_norm(conv(patches[lo : lo + 8]).half())
        pred = head(torch.relu(h.float()).mean((2, 3))).squeeze(1)
        loss = (pred - target[lo : lo + 8]).pow(2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
