"""Metric learning on angles under bfloat16 autocast: the matrix product rounds the cosine of a
close pair to exactly 1, where the derivative of acos is infinite. From mixed-precision face
recognition; a float32 product and a clamp inside (-1, 1) cure it."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(15)
torch.set_num_threads(1)


class Embedder(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(24, 32), nn.ReLU(), nn.Linear(32, 8))

    def forward(self, x):
        return F.normalize(self.net(x).float(), dim=1)


def angles(a, b):
    cosine = (a @ b.T).float().clamp(-1, 1)
    return torch.acos(cosine)  # BLAME infinite-derivative backward


model = Embedder()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for step in range(70):
    x = torch.randn(20, 24)
    noise = 0.6 * 0.95**step * torch.randn_like(x)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        theta = angles(model(x), model(x + noise))
        loss = F.cross_entropy(-4 * theta, torch.arange(20))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(step, loss.item())
