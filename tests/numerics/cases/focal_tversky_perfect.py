"""Segmentation with the focal Tversky loss (1 - index) ** 0.75: on an easy image the prediction
saturates, the index reaches exactly 1 and the derivative of the power at 0 is infinite. Reported
for several segmentation packages; a clamp of 1 - index above 0 cures it."""

import torch
from torch import nn

torch.manual_seed(2)
torch.set_num_threads(1)


def focal_tversky(prob, mask, alpha=0.7, gamma=0.75, smooth=1.0):
    prob, mask = prob.flatten(1), mask.flatten(1)
    tp = (prob * mask).sum(1)
    fn = ((1 - prob) * mask).sum(1)
    fp = (prob * (1 - mask)).sum(1)
    index = (tp + smooth) / (tp + alpha * fn + (1 - alpha) * fp + smooth)
    return (1 - index).pow(gamma).mean()  # BLAME infinite-derivative backward


net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.SiLU(), nn.Conv2d(8, 1, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=0.1)
for step in range(70):
    mask = torch.zeros(4, 1, 10, 10)
    for sample in mask:
        row, col = torch.randint(0, 5, (2,)).tolist()
        sample[:, row : row + 5, col : col + 5] = 1
    image = 12 * mask - 6 + 0.1 * torch.randn_like(mask)
    loss = focal_tversky(torch.sigmoid(net(image)), mask)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(step, loss.item())
