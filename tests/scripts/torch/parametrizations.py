"""weight_norm, spectral_norm, orthogonal, a parametrization of one's own, and pruning: classes made at run time."""

import torch
from torch import nn
from torch.nn.utils import parametrize, parametrizations, prune

torch.set_num_threads(1)
torch.manual_seed(0)


class Symmetric(nn.Module):
    def forward(self, x):
        return x.triu() + x.triu(1).transpose(-1, -2)


model = nn.Sequential(
    parametrizations.weight_norm(nn.Linear(4, 4)),
    parametrizations.spectral_norm(nn.Linear(4, 4)),
    parametrizations.orthogonal(nn.Linear(4, 4)),
    nn.Linear(4, 4),
    nn.Linear(4, 4),
)
parametrize.register_parametrization(model[3], "weight", Symmetric())
prune.random_unstructured(model[4], "weight", amount=0.3)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for step in range(6):
    loss = model(torch.randn(8, 4)).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(step, loss.item(), type(model[1]).__name__, parametrize.is_parametrized(model[0]), len(list(model.parameters())))
    print(model[3].weight.eq(model[3].weight.t()).all().item(), int((model[4].weight != 0).sum()), model[2].weight.det().abs().item())
    with parametrize.cached():
        print("cached", model[0].weight is model[0].weight)
    if step == 3:
        parametrize.remove_parametrizations(model[0], "weight")
        prune.remove(model[4], "weight")
        optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
