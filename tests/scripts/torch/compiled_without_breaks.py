"""torch.compile with fullgraph=True allows no call that is not the program's; branches and loops are unrolled."""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(4, 4) for _ in range(3))

    def forward(self, x):
        for number, layer in enumerate(self.layers):
            if number % 2:
                x = torch.relu(layer(x))
            else:
                x = squash(layer(x))
        return x


def squash(x):
    with torch.no_grad():
        scale = x.abs().max()
    return x / scale


@torch.compiler.disable
def measure(x):
    return x.detach().norm().item()


seen = []


@torch.compile(backend="eager")
def with_a_break(x):
    y = x * 2
    seen.append(measure(y))
    if y.sum() > 0:
        return y + 1
    return y - 1


net = torch.compile(Net(), backend="eager", fullgraph=True)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.5)
for step in range(5):
    x = torch.randn(3, 4)
    loss = net(x).square().mean() + with_a_break(x).mean()
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    print(step, loss.item(), seen[-1], len(seen))
print(torch._dynamo.utils.counters["graph_break"].total() if step > 9 else "over")
del net, with_a_break  # compiled anew, with caches of their own
