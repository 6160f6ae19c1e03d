"""Control: headings by atan2 and distances by norm of vectors that are zero at times; torch
defines both derivatives as zero there, although infinities appear inside.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(216)


class Heading(nn.Module):
    def __init__(self):
        super().__init__()
        self.turn = nn.Linear(2, 2, bias=False)

    def forward(self, xy):
        v = self.turn(xy)
        return torch.atan2(v[:, 1], v[:, 0]), v.norm(dim=1)


model = Heading()
opt = torch.optim.Adam(model.parameters(), lr=5e-3)
for step in range(60):
    xy = torch.randn(24, 2)
    xy[torch.rand(24) < 0.2] = 0.0
    angle, speed = model(xy)
    want = torch.atan2(xy[:, 1], xy[:, 0]) + 0.3
    loss = (1 - torch.cos(angle - want)).mean() + (speed - 2 * xy.norm(dim=1)).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 15 == 0:
        print(step, loss.item())
