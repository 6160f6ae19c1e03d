"""Precision per class with a "safe" division by torch.where: the class without predictions gives
0 / 0 in the branch that is not taken. Forward is right, in backward that branch gives NaN. Real
bug: https://github.com/pytorch/pytorch/issues/16317. Cure: divide by a denominator from which the
zeros were replaced before.
"""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(22)


def soft_precision(prob, onehot, active):
    prob = prob * active
    hits, total = (prob * onehot).sum(0), prob.sum(0)
    ratio = torch.where(total == 0, 0.0, hits / total)  # BLAME zero-times-inf backward
    return ratio.mean()


net = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 5))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for task in range(4):
    active = torch.ones(5)
    if task > 0:
        active[task] = 0.0
    for _ in range(18):
        x = torch.randn(32, 8)
        y = x[:, :5].argmax(1)
        prob = F.softmax(net(x), dim=1)
        loss = 1 - soft_precision(prob, F.one_hot(y, 5).float(), active)
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(task, loss.item())
