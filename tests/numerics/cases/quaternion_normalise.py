"""Rotation regression with a quaternion that is divided by its norm. The network's input is
masked for an occluded object and it has no bias, so the quaternion is exactly zero: 0 / 0. Cure:
F.normalize (with its eps), or a bias.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(54)


class PoseNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(16, 32, bias=False)
        self.b = nn.Linear(32, 4, bias=False)

    def forward(self, x):
        q = self.b(torch.tanh(self.a(x)))
        norm = torch.linalg.vector_norm(q, dim=-1, keepdim=True)
        return q / norm  # BLAME division-by-zero forward


def quaternion_loss(q, target):
    return (1 - (q * target).sum(-1).abs()).mean()


net = PoseNet()
opt = torch.optim.AdamW(net.parameters(), lr=2e-3)
for step in range(66):
    target = nn.functional.normalize(torch.randn(12, 4), dim=-1)
    image = torch.cat([target, target**2, target.roll(1, 1), torch.randn(12, 4)], dim=1)
    visible = torch.rand(12, 1) > 0.01
    loss = quaternion_loss(net(image * visible), target)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 22 == 0:
        print(step, loss.item())
