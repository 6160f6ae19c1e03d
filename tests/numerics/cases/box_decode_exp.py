"""Anchor-based detector that decodes sizes as anchor * exp(t) with no clamp on t: a far-off early
prediction overflows and the IoU becomes inf / inf. Detection libraries clamp t at log(1000 / 16)
for this; the same clamp cures it."""

import torch
from torch import nn

torch.manual_seed(6)
torch.set_num_threads(1)


def decode(anchors, t):
    centre = anchors[:, :2] + t[:, :2] * anchors[:, 2:]
    size = anchors[:, 2:] * torch.exp(t[:, 2:])  # BLAME overflow forward
    return torch.cat([centre - size / 2, centre + size / 2], dim=1)


def iou_loss(a, b):
    corner = torch.minimum(a[:, 2:], b[:, 2:]) - torch.maximum(a[:, :2], b[:, :2])
    inter = corner.clamp(min=0).prod(1)
    area = (a[:, 2:] - a[:, :2]).prod(1) + (b[:, 2:] - b[:, :2]).prod(1)
    return (1 - inter / (area - inter)).mean()


class Head(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 4))

    def forward(self, features):
        return self.net(features)


head = Head()
optimizer = torch.optim.SGD(head.parameters(), lr=0.01, momentum=0.9)
for step in range(90):
    features = torch.randn(32, 16)
    if step % 25 == 21:
        features[7] *= 2500
    anchors = torch.rand(32, 4) * 0.3 + 0.2
    truth = decode(anchors, 0.1 * features[:, :4].clamp(-3, 3))
    loss = iou_loss(decode(anchors, head(features)), truth)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
