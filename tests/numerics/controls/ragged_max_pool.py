"""Point-set network that pools by maximum: padding points are filled with -inf before amax, every
set has at least one real point, and no -inf is left in the output."""

import torch
from torch import nn

torch.manual_seed(2)
torch.set_num_threads(1)


class PointSet(nn.Module):
    def __init__(self, classes=3):
        super().__init__()
        self.local = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 16))
        self.head = nn.Linear(16, classes)

    def forward(self, points, count):
        h = self.local(points)
        padding = torch.arange(points.shape[1]) >= count[:, None]
        h = h.masked_fill(padding[..., None], float("-inf"))
        return self.head(h.amax(dim=1))


model = PointSet()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
for _ in range(80):
    label = torch.randint(0, 3, (16,))
    count = torch.randint(1, 12, (16,))
    points = torch.randn(16, 12, 3) * (label + 1)[:, None, None]
    loss = nn.functional.cross_entropy(model(points, count), label)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 5.0)
    optimizer.step()
print(loss.item())
