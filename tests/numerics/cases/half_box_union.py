"""The overlap of boxes in half precision: the union of two large areas is inf, the quotient 0, and
its logarithm -inf. The infinity is the defect, though it is gone at once.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(15)


def area(box):
    return (box[:, 2] - box[:, 0]) * (box[:, 3] - box[:, 1])


def overlap(a, b):
    low, high = torch.maximum(a[:, :2], b[:, :2]), torch.minimum(a[:, 2:], b[:, 2:])
    inner = (high - low).clamp(min=1).prod(1)
    union = area(a) + area(b) - inner  # BLAME half-overflow forward
    return inner / union


net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for step in range(60):
    size = 200.0 if step % 20 == 13 else 120.0
    box = torch.tensor([[0.0, 0.0, size, size]]).repeat(8, 1)
    found = (box + 4 * net(torch.randn(8, 6)).tanh()).half()
    loss = -overlap(found, box.half()).log().float().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(step, loss.item())
