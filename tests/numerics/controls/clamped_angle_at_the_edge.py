"""Inverse kinematics with acos of a clamped cosine: targets out of reach give acos(1), whose
infinite derivative is dropped by the clamp's own mask. Gradients stay finite."""

import torch
from torch import nn

torch.manual_seed(0)
torch.set_num_threads(1)


def elbow(target, links):
    cosine = (target.square().sum(1) - links.square().sum()) / (2 * links.prod())
    return torch.acos(cosine.clamp(-1, 1))


class Arm(nn.Module):
    def __init__(self):
        super().__init__()
        self.links = nn.Parameter(torch.tensor([1.0, 0.8]))

    def forward(self, target):
        return elbow(target, self.links)


arm = Arm()
optimizer = torch.optim.Adam(arm.parameters(), lr=1e-3)
truth = torch.tensor([1.02, 0.81])
for _ in range(80):
    angle = torch.rand(32) * 6.28
    radius = torch.rand(32) + 0.5
    radius[:4] = 2.5
    target = torch.stack([radius * angle.cos(), radius * angle.sin()], dim=1)
    loss = (arm(target) - elbow(target, truth)).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
