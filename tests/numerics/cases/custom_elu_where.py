"""Hand-written ELU: torch.where(x > 0, x, exp(x) - 1). For a large positive x the exponential
overflows in the branch that is not taken; its gradient is 0 * inf. Real bug:
https://github.com/pytorch/pytorch/issues/52248 and the same trap for hand-written softplus. Cure:
exp of x clamped to at most 0, or F.elu.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(23)


class ELU(nn.Module):
    def forward(self, x):
        return torch.where(x > 0, x, torch.exp(x) - 1)  # BLAME zero-times-inf backward


prices = torch.rand(256, 3) * 20
prices[150, 1] = 900.0
target = prices.log().sum(1, keepdim=True)
net = nn.Sequential(nn.Linear(3, 16), ELU(), nn.Linear(16, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for step in range(64):
    batch = slice(step * 16 % 256, step * 16 % 256 + 16)
    loss = nn.functional.smooth_l1_loss(net(prices[batch]), target[batch])
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 16 == 0:
        print(step, loss.item())
