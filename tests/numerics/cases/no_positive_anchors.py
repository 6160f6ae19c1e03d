"""Detector: the regression loss is the mean over the positive anchors of the batch. An image
without objects has none, and the mean of an empty tensor is NaN. Real bug:
https://github.com/pytorch/vision/issues/2144. Cure: sum divided by max(count, 1).
"""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(86)


class Head(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Conv2d(3, 8, 3, padding=1)
        self.objectness = nn.Conv2d(8, 1, 1)
        self.offsets = nn.Conv2d(8, 4, 1)

    def forward(self, x):
        h = F.relu(self.trunk(x))
        return self.objectness(h).squeeze(1), self.offsets(h).permute(0, 2, 3, 1)


def detection_loss(obj, offsets, labels, boxes):
    classify = F.binary_cross_entropy_with_logits(obj, labels.float())
    errors = F.smooth_l1_loss(offsets[labels], boxes[labels], reduction="none")
    return classify + errors.mean()  # BLAME empty-mean forward


head = Head()
opt = torch.optim.SGD(head.parameters(), lr=0.01)
for _ in range(64):
    images = torch.rand(2, 3, 8, 8)
    labels = images.mean(1) > 0.85
    boxes = images[:, :1].permute(0, 2, 3, 1).expand(-1, -1, -1, 4)
    loss = detection_loss(*head(images), labels, boxes)
    opt.zero_grad()
    loss.backward()
    opt.step()
