"""Force field whose forces come from torch.func.grad of the energy: the pair distances are roots
of sums of squares, and once two atoms of a configuration coincide, the root's derivative at 0 is
infinite. From neural potentials; an eps under the root or leaving out such pairs cures it."""

import torch
from torch import nn
from torch.func import functional_call, grad, vmap

torch.manual_seed(16)
torch.set_num_threads(1)


class Potential(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 1))

    def forward(self, positions):
        i, j = torch.triu_indices(5, 5, offset=1)
        square = (positions[i] - positions[j]).pow(2).sum(-1)
        distance = square.sqrt()  # BLAME infinite-derivative backward
        return self.net(distance[:, None]).sum()


potential = Potential()
optimizer = torch.optim.Adam(potential.parameters(), lr=0.01)


def energy(parameters, positions):
    return functional_call(potential, parameters, (positions,))


configurations = torch.randn(500, 5, 3)
configurations[171, 4] = configurations[171, 0]
measured = -configurations + configurations.mean(1, keepdim=True)
for epoch in range(3):
    for x, force in zip(configurations.split(20), measured.split(20), strict=True):
        parameters = dict(potential.named_parameters())
        slope = vmap(grad(energy, argnums=1), in_dims=(None, 0))(parameters, x)
        loss = (slope + force).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
