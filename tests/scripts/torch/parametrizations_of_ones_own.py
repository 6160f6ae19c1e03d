"""Chained parametrizations with right inverses, on modules of one's own, cached, and on a shared weight."""

import torch
from torch import nn
from torch.nn.utils import parametrize

torch.set_num_threads(1)
torch.manual_seed(0)


class Positive(nn.Module):
    def forward(self, x):
        return nn.functional.softplus(x)

    def right_inverse(self, y):
        return y.expm1().clamp_min(1e-6).log()


class Scaled(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(size))

    def forward(self, x):
        return x * self.gain

    def right_inverse(self, y):
        return y / self.gain.detach()


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.rand(3, 3) + 0.5)
        self.register_buffer("seen", torch.zeros(()))

    def forward(self, x):
        self.seen += 1
        return x @ self.weight


one, two = Layer(), Layer()
parametrize.register_parametrization(one, "weight", Positive())
parametrize.register_parametrization(one, "weight", Scaled(3))
parametrize.register_parametrization(two, "weight", Scaled(3))
model = nn.Sequential(one, two)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for step in range(6):
    with parametrize.cached():
        same = one.weight is one.weight
        loss = model(torch.randn(4, 3)).square().mean()
        optimizer.zero_grad()
        loss.backward()
    optimizer.step()
    print(step, same, loss.item(), type(one).__name__, isinstance(one, Layer), one.seen.item())
    print(sorted(n for n, _ in one.named_parameters()), one.weight.min().item() , two.parametrizations.weight[0].gain.tolist())
    if step == 2:
        with torch.no_grad():
            two.weight = torch.eye(3)
    if step == 4:
        parametrize.remove_parametrizations(one, "weight")
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
print(type(one).__name__, type(two).__name__, len(two.parametrizations.weight))
