"""KL divergence to soft targets that are extrapolated by a mix-up factor above 1: a target
probability is negative and kl_div takes its log. The gradient stays finite, the loss is NaN.
Cure: keep the mixing factor in [0, 1], or clamp and renormalise the targets.
"""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(91)

net = nn.Sequential(nn.Linear(7, 24), nn.ReLU(), nn.Linear(24, 3))
optimizer = torch.optim.Adam(net.parameters(), lr=4e-3)


def mixup(x, p, strength):
    lam = 0.5 + strength * torch.rand(len(x), 1)
    other = torch.randperm(len(x))
    return lam * x + (1 - lam) * x[other], lam * p + (1 - lam) * p[other]


for step in range(70):
    x = torch.randn(16, 7)
    p = F.one_hot(x[:, :3].argmax(1), 3) * 0.9 + 0.1 / 3
    strength = min(0.2 + 0.04 * step, 0.7)
    x, p = mixup(x, p, strength)
    logp = F.log_softmax(net(x), dim=1)
    loss = F.kl_div(logp, p, reduction="batchmean")  # BLAME bad-target forward
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        print(step, loss.item())
