"""Dice loss without a smoothing term: a batch whose masks are empty, and a prediction thresholded
to zero by a hard attention map, give 0 / 0. Real bug: many segmentation repositories; the usual
cure is smooth = 1 in numerator and denominator.
"""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(49)


class DiceLoss(nn.Module):
    def forward(self, prob, mask):
        inter = (prob * mask).sum((1, 2, 3))
        total = prob.sum((1, 2, 3)) + mask.sum((1, 2, 3))
        return (1 - 2 * inter / total).mean()  # BLAME division-by-zero forward


net = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 1, 1))
criterion = DiceLoss()
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for step in range(60):
    image = torch.rand(4, 1, 12, 12)
    roi = F.max_pool2d((image > 0.97).float(), 3, 1, 1)
    prob = torch.sigmoid(net(image)) * roi
    loss = criterion(prob, (image > 0.97).float())
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 20 == 0:
        print(step, loss.item())
