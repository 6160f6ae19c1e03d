"""Modules and functions under torch.compile: compiled anew after a resume, with the same results."""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = nn.Linear(4, 8), nn.Linear(8, 1)
        self.calls = 0

    def forward(self, x):
        return self.two(torch.relu(self.one(x)))


net = Net()
compiled = torch.compile(net, backend="eager")


@torch.compile(backend="eager")
def squash(x):
    return torch.tanh(x) * 2


fast = torch.compile(lambda x: x.square().mean(), backend="eager")
optimizer = torch.optim.Adam(compiled.parameters(), lr=0.01)
for step in range(6):
    loss = fast(squash(compiled(torch.randn(6, 4))))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(step, loss.item(), type(compiled).__name__, compiled._orig_mod is net)
    print(net.one.weight.sum().item(), sorted(compiled.state_dict())[0])
del compiled, squash, fast  # compiled anew, with caches of their own
