"""A GraphModule of torch.fx, changed and trained: its forward is code that was made at run time."""

import torch
from torch import fx, nn

torch.set_num_threads(1)
torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = nn.Linear(3, 4), nn.Linear(4, 1)

    def forward(self, x):
        return self.two(torch.relu(self.one(x)))


net = Net()
traced = fx.symbolic_trace(net)


def change(graph):
    for node in list(graph.nodes):
        if node.op == "call_function" and node.target is torch.relu:
            node.target = torch.tanh


change(traced.graph)
traced.recompile()
optimizer = torch.optim.SGD(traced.parameters(), lr=0.1)
for step in range(6):
    loss = traced(torch.randn(4, 3)).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(step, loss.item(), type(traced).__name__, len(traced.graph.nodes))
    print("tanh" in traced.code, traced.one.weight is net.one.weight)
del traced  # its nodes are new ones
