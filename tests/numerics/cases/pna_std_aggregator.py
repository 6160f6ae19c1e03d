"""Graph network with a standard-deviation aggregator, sqrt(relu(E[x^2] - E[x]^2)) over the
neighbours: a node with one neighbour has variance 0 and the root's derivative is infinite. As in
reimplementations of PNA; the library clamps the variance from below, which cures it."""

import torch
from torch import nn

torch.manual_seed(14)
torch.set_num_threads(1)


def aggregate_std(h, source, target, nodes):
    degree = torch.zeros(nodes).index_add(0, target, torch.ones(len(target)))[:, None]
    mean = torch.zeros(nodes, h.shape[1]).index_add(0, target, h[source]) / degree
    second = torch.zeros(nodes, h.shape[1]).index_add(0, target, h[source] ** 2) / degree
    variance = (second - mean**2).clamp(min=0)
    return torch.sqrt(variance)  # BLAME infinite-derivative backward


class Layer(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.pre = nn.Linear(5, width)
        self.post = nn.Linear(width, 1)

    def forward(self, x, source, target):
        return self.post(aggregate_std(self.pre(x), source, target, len(x)))


model = Layer(8)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for step in range(70):
    nodes = 12
    fan = 3 if step < 9 else 1
    target = torch.arange(nodes).repeat_interleave(3)[: nodes * 3 - (3 - fan)]
    source = torch.randint(0, nodes, (len(target),))
    x = torch.randn(nodes, 5)
    loss = (model(x, source, target) - x[:, :1].abs()).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
