"""Point set encoder under reentrant checkpointing: distances of all points to their nearest
anchor as a root of squared differences. One scan contains an anchor itself, where the derivative
of the root is infinite. Cure: an epsilon inside of the root, or torch.cdist.
"""

import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

torch.set_num_threads(1)
torch.manual_seed(127)

anchors = torch.randn(6, 3)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.zeros(3))
        self.head = nn.Linear(6, 1)

    def nearest(self, points):
        delta = (points[:, :, None] - anchors) * self.scale.exp()
        dist = delta.square().sum(-1).sqrt()  # BLAME infinite-derivative backward
        return dist.mean(1)

    def forward(self, points):
        return self.head(checkpoint(self.nearest, points, use_reentrant=True)).squeeze(1)


encoder = Encoder()
opt = torch.optim.Adam(encoder.parameters(), lr=2e-3)
scans = torch.randn(240, 10, 3)
scans[95, 4] = anchors[2]
for epoch in range(2):
    for scan in scans.split(8):
        scan.requires_grad_(True)
        loss = (encoder(scan) - scan.detach().std((1, 2))).pow(2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
