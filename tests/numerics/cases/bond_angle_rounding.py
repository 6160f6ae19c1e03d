"""Angles between vectors as acos of the normalised dot product: for parallel vectors rounding
gives a cosine slightly above 1, and acos is NaN. From molecular and mesh code. Cure: clamp inside
of (-1, 1), or atan2(|a x b|, a . b).
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(110)


def bond_angle(a, b):
    cosine = (a * b).sum(-1) / (a.norm(dim=-1) * b.norm(dim=-1))
    return torch.acos(cosine)  # BLAME domain forward


class AngleNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.deform = nn.Parameter(torch.eye(3) + 0.05 * torch.randn(3, 3))

    def forward(self, a, b):
        return bond_angle(a @ self.deform, b @ self.deform)


net = AngleNet()
opt = torch.optim.SGD(net.parameters(), lr=0.02)
for step in range(70):
    a, b = torch.randn(2, 64, 3)
    if step % 12 == 11:
        b[3:] = 1.7 * a[3:]
    stretch = torch.tensor([1.0, 1.2, 0.9])
    goal = torch.acos(nn.functional.cosine_similarity(a * stretch, b * stretch).clamp(-0.99, 0.99))
    loss = (net(a, b) - goal).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
