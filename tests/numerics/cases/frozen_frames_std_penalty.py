"""VICReg-like penalty on the standard deviation of each feature, written as z.var(0).sqrt(). A
camera that hangs delivers one batch of identical frames: the variance is exactly zero and the
derivative of the root infinite. Real bug: VICReg's authors put 1e-4 inside the root for this.
Cure: torch.sqrt(z.var(0) + 1e-4).
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(8)

backbone = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 16))
optimizer = torch.optim.SGD(backbone.parameters(), lr=0.1, weight_decay=1e-3)


def spread(z, floor=1.0):
    std = z.var(dim=0).sqrt()  # BLAME infinite-derivative backward
    return torch.relu(floor - std).mean()


def camera(frames=8 * 90):
    stream = torch.randn(frames, 12)
    stream[8 * 17 : 8 * 18] = stream[8 * 17 - 1]
    return stream.split(8)


for step, clip in enumerate(camera()):
    za, zb = backbone(clip), backbone(clip.flip(1))
    invariance = (za - zb).pow(2).mean()
    loss = 5 * invariance + spread(za) + spread(zb)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 30 == 0:
        print(step, loss.item())
