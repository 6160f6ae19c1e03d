"""Box regression with the complete IoU loss: a proposal without height decodes to a box with the
aspect w / 0 = inf; the arctangent brings it back to pi / 2, but the gradient is 0 * inf. As in
https://github.com/Zzh-tju/DIoU-pytorch-detectron/issues/19; an eps added to the height cures
it."""

import math

import torch
from torch import nn

torch.manual_seed(13)
torch.set_num_threads(1)


def aspect_term(pred, target):
    angle = torch.atan(pred[:, 2] / pred[:, 3])  # BLAME division-by-zero forward
    wanted = torch.atan(target[:, 2] / target[:, 3])
    return 4 / math.pi**2 * (wanted - angle).square()


def iou(pred, target):
    low = torch.maximum(pred[:, :2] - pred[:, 2:] / 2, target[:, :2] - target[:, 2:] / 2)
    high = torch.minimum(pred[:, :2] + pred[:, 2:] / 2, target[:, :2] + target[:, 2:] / 2)
    inter = (high - low).clamp(min=0).prod(1)
    return inter / (pred[:, 2:].prod(1) + target[:, 2:].prod(1) - inter)


head = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.SGD(head.parameters(), lr=0.1)
for step in range(80):
    features = torch.randn(16, 20)
    target = torch.cat([features[:, :2], torch.rand(16, 2) * 0.4 + 0.1], dim=1)
    proposal = torch.cat([features[:, :2], torch.rand(16, 2) + 0.2], dim=1)
    if step % 15 == 14:
        proposal[step % 16, 3] = 0
    delta = 0.1 * head(features)
    pred = torch.cat([proposal[:, :2] + delta[:, :2], proposal[:, 2:] * delta[:, 2:].exp()], 1)
    loss = (1 - iou(pred, target) + aspect_term(pred, target)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
