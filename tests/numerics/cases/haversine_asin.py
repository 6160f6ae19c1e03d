"""Geolocation network trained on the haversine distance. For two antipodal points (the network
starts out at the antipode of one class of labels) the inner term is clamped to 1, where the
derivative of asin is infinite although the distance is right. Cure: 2 * atan2(sqrt(a), sqrt(1 -
a)) with an epsilon, or a clamp below 1.
"""

import math

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(14)


def haversine(pred, target):
    dlat = (pred[:, 0] - target[:, 0]) / 2
    dlon = (pred[:, 1] - target[:, 1]) / 2
    a = dlat.sin() ** 2 + pred[:, 0].cos() * target[:, 0].cos() * dlon.sin() ** 2
    root = torch.sqrt(a + 1e-12).clamp(max=1.0)
    return 2 * torch.asin(root)  # BLAME infinite-derivative backward


net = nn.Linear(5, 2, bias=False)
opt = torch.optim.SGD(net.parameters(), lr=0.02)
x = torch.randn(120, 5)
latlon = torch.stack([0.5 * x[:, 0], x[:, 1]], dim=1)
x[74], latlon[74] = 0.0, torch.tensor([0.0, math.pi])
for epoch in range(4):
    for start in range(0, 120, 6):
        loss = haversine(net(x[start : start + 6]), latlon[start : start + 6]).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
