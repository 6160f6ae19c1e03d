"""Siamese network with a contrastive loss: the Euclidean distance is a square root of a sum of
squares written by hand. One batch pairs an item with itself, so the distance is exactly zero,
where the derivative of sqrt is infinite and the zero of the inner difference makes it NaN. Real
bug: https://github.com/pytorch/pytorch/issues/37154 and many Siamese-network threads. Cure: an
epsilon inside the sqrt (or F.pairwise_distance).
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)


class Siamese(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 8))

    def forward(self, a, b):
        diff = self.body(a) - self.body(b)
        return torch.sqrt((diff**2).sum(dim=1))  # BLAME infinite-derivative backward


items = torch.randn(60, 10)
labels = torch.randint(0, 6, (60,))
model = Siamese()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(80):
    i = torch.randint(0, 60, (4,))
    j = torch.randint(0, 60, (4,))
    same = (labels[i] == labels[j]).float()
    dist = model(items[i], items[j])
    loss = (same * dist**2 + (1 - same) * torch.relu(1.0 - dist) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        print(step, loss.item())
