"""Sketch generator with a penalty on the length of each pen stroke, by torch.hypot of dx and dy.
Strokes are rounded to whole pixels for padding ends, so some have dx = dy = 0: the value of hypot
is zero, its derivative x / hypot is 0 / 0. Cure: sqrt(dx ** 2 + dy ** 2 + eps), or leave strokes
of zero length out.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(3)

decoder = nn.GRU(4, 24, batch_first=True)
head = nn.Linear(24, 2)
params = list(decoder.parameters()) + list(head.parameters())
opt = torch.optim.RMSprop(params, lr=2e-3)


def stroke_lengths(points):
    step = points[:, 1:] - points[:, :-1]
    return torch.hypot(step[..., 0], step[..., 1])  # BLAME infinite-derivative backward


lengths = torch.randint(9, 13, (40,))
lengths[22] = 6
noise = torch.randn(40, 12, 4)
target = torch.randn(40, 12, 2).cumsum(1)
for epoch in range(8):
    for start in range(0, 40, 4):
        x, y, n = noise[start : start + 4], target[start : start + 4], lengths[start : start + 4]
        xy = head(decoder(x)[0]).cumsum(1)
        pos = torch.arange(12).expand(4, 12)
        pos = torch.minimum(pos, n.max() - 1 - 0 * pos)
        xy = xy.gather(1, torch.minimum(pos, n[:, None] + 2).unsqueeze(-1).expand(-1, -1, 2))
        loss = (xy - y).pow(2).mean() + 0.01 * stroke_lengths(xy).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
