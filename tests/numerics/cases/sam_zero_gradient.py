"""Sharpness-aware minimisation by hand: the ascent step is scaled by rho / ||g||, and once the
hinge loss is 0 on a whole batch the gradient is 0 and so is its norm: 0 * inf. The reference code
adds 1e-12 to the norm, which cures it."""

import torch
from torch import nn

torch.manual_seed(0)
torch.set_num_threads(1)


class SAM(torch.optim.SGD):
    rho = 0.05

    @torch.no_grad()
    def ascend(self):
        params = [p for group in self.param_groups for p in group["params"]]
        norm = torch.stack([p.grad.norm() for p in params]).norm()
        scale = self.rho / norm  # BLAME clip-by-norm optimizer
        self.moved = [(p, p.grad * scale) for p in params]
        for p, e in self.moved:
            p.add_(e)

    @torch.no_grad()
    def descend(self):
        for p, e in self.moved:
            p.sub_(e)
        self.step()


def hinge(model, x):
    return torch.relu(1 - x[:, 0].sign() * model(x).squeeze(1)).mean()


model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = SAM(model.parameters(), lr=0.3, momentum=0.9)
x = torch.randn(120, 8)
x[:, 0] += 1.5 * x[:, 0].sign()
for _ in range(80):
    batch = torch.randint(0, 120, (12,))
    optimizer.zero_grad()
    hinge(model, x[batch]).backward()
    optimizer.ascend()
    optimizer.zero_grad()
    loss = hinge(model, x[batch])
    loss.backward()
    optimizer.descend()
print(loss.item())
