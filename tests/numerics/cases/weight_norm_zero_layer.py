"""Weight normalisation is applied in the second phase to an output layer that was initialised
with zeros and kept frozen: the direction is v / |v| = 0 / 0. From issues on weight_norm with zero
initialisation. Cure: a non-zero initialisation before weight_norm.
"""

import torch
from torch import nn
from torch.nn.utils.parametrizations import weight_norm

torch.set_num_threads(1)
torch.manual_seed(120)


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(5, 16), nn.ReLU())
        self.linear = nn.Linear(16, 1)
        self.residual = nn.Linear(16, 1, bias=False)
        nn.init.zeros_(self.residual.weight)
        self.residual.requires_grad_(False)

    def forward(self, x):
        h = self.trunk(x)
        return self.linear(h) + self.residual(h)  # BLAME division-by-zero forward


model = Policy()
opt = torch.optim.Adam(model.parameters(), lr=3e-3)
for step in range(64):
    if step == 20:
        model.residual.requires_grad_(True)
        weight_norm(model.residual)
        opt = torch.optim.Adam(model.parameters(), lr=1e-3)
    x = torch.randn(24, 5)
    loss = (model(x) - x.sum(1, keepdim=True).sin()).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
