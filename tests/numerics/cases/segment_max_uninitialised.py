"""Message passing with an output buffer from new_empty that is written per segment; a segment
without members is never written. Deterministic mode fills such memory with NaN. Cure: new_zeros.
"""

import torch
from torch import nn

torch.use_deterministic_algorithms(True)
torch.set_num_threads(1)
torch.manual_seed(95)


def segment_max(x, segment, count):
    out = x.new_empty(count, x.size(1))  # BLAME uninitialised forward
    for s in segment.unique().tolist():
        out[s] = x[segment == s].amax(0)
    return out


class PointNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.local = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 8))
        self.head = nn.Linear(8, 2)

    def forward(self, points, segment, count):
        return self.head(segment_max(self.local(points), segment, count))


net = PointNet()
opt = torch.optim.SGD(net.parameters(), lr=0.05)
for step in range(64):
    points = torch.randn(48, 3)
    segment = torch.randint(0, 8, (48,))
    labels = torch.randint(0, 2, (8,))
    loss = nn.functional.cross_entropy(net(points, segment, 8), labels)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 16 == 0:
        print(step, loss.item())
