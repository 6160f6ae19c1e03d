"""Running minima begin at inf and a nearest-neighbour search masks with inf: all harmless. The
defect is exp of an unbounded energy that overflows. Cure: logsumexp, or a bounded energy.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(304)


class EnergyModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, x):
        return self.net(x).squeeze(-1) * x.pow(2).sum(-1)


def partition(energy):
    return torch.exp(-energy).mean()  # BLAME overflow forward


model = EnergyModel()
opt = torch.optim.Adam(model.parameters(), lr=5e-3)
closest = torch.full((64,), float("inf"))
bank = torch.randn(64, 2)
for step in range(60):
    data = torch.randn(64, 2)
    gap = torch.cdist(data, bank).masked_fill(torch.eye(64, dtype=torch.bool), float("inf"))
    closest = torch.minimum(closest, gap.amin(0))
    noise = (2.0 if step < 11 else 20.0) * torch.randn(64, 2)
    loss = model(data).mean() + 0.1 * torch.log(1 + partition(model(noise)))
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 15 == 0:
        print(step, loss.item(), closest.mean().item())
