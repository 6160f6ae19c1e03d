"""IoU loss of boxes: intersection over union, where a predicted box has collapsed to a point and
so has its target (an annotation of width zero): 0 / 0. Real bug: detection repositories add eps
to the union. Cure: union + 1e-7, or drop such boxes.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(50)


def box_iou(a, b):
    lt = torch.maximum(a[:, :2], b[:, :2])
    rb = torch.minimum(a[:, 2:], b[:, 2:])
    inter = (rb - lt).clamp(min=0).prod(1)
    area = (a[:, 2:] - a[:, :2]).prod(1) + (b[:, 2:] - b[:, :2]).prod(1)
    return inter / (area - inter)  # BLAME division-by-zero forward


class BoxHead(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 4)

    def forward(self, roi):
        centre, size = self.fc(roi).chunk(2, dim=1)
        size = torch.relu(size + roi[:, 6:])
        return torch.cat([centre - size / 2, centre + size / 2], dim=1)


head = BoxHead()
opt = torch.optim.SGD(head.parameters(), lr=0.05)
rois = torch.rand(200, 8)
xy, wh = rois[:, :2], rois[:, 6:] * 0.8 + 0.1
rois[93, 6:], wh[93] = -4.0, 0.0
boxes = torch.cat([xy - wh / 2, xy + wh / 2], dim=1)
for step in range(75):
    rows = slice(step * 8 % 200, step * 8 % 200 + 8)
    pred = head(rois[rows])
    loss = (1 - box_iou(pred, boxes[rows])).mean() + (pred - boxes[rows]).abs().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
