"""Monocular depth: the loss is on inverse depth 1 / d in float16. For a near point d = 0.003 the
value 333 is fine in half precision, but the derivative 1 / d ** 2 = 111111 exceeds 65504. Cure:
float32 for this line, or a minimal depth.
"""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(123)


class DepthNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 1)

    def forward(self, x):
        return F.softplus(self.fc(x)).squeeze(1)


def inverse_depth_loss(depth, truth):
    inverse = depth.half().reciprocal()  # BLAME half-overflow backward
    return (inverse.float() - 1 / truth).abs().sum()


net = DepthNet()
nn.init.ones_(net.fc.weight)
nn.init.zeros_(net.fc.bias)
opt = torch.optim.SGD(net.parameters(), lr=1e-4)
views = torch.rand(480, 4)
views[130] = -1.45
truth = F.softplus(views.sum(1)) * (1 + 0.1 * torch.rand(480))
for step in range(60):
    rows = slice(step * 8, step * 8 + 8)
    loss = inverse_depth_loss(net(views[rows]), truth[rows])
    opt.zero_grad()
    loss.backward()
    opt.step()
