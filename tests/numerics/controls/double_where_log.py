"""Control: log of activations guarded by the double where."""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(203)


def positive_log(x):
    safe = torch.where(x > 0, x, torch.ones_like(x))
    return torch.where(x > 0, torch.log(safe), x)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(5, 20)
        self.b = nn.Linear(20, 1)

    def forward(self, x):
        return self.b(positive_log(torch.relu(self.a(x)) + 1e-3 * (x[:, :1] > 0)))


net = Net()
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for _ in range(60):
    x = torch.randn(32, 5)
    x[::7] = 0.0
    loss = (net(x).squeeze(1) - x.sum(1)).abs().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
