"""Sparse gating with an entropy bonus by torch.special.entr. A hard threshold on the gates makes
some of them exactly zero: entr(0) is 0, but its derivative -log(p) - 1 is infinite there. From
threads on entropy of sparsemax and top-k gates. Cure: clamp the gates, or add an epsilon.
"""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(5)


class MixtureOfExperts(nn.Module):
    def __init__(self, dim=8, experts=4):
        super().__init__()
        self.router = nn.Linear(dim, experts)
        self.experts = nn.ModuleList(nn.Linear(dim, 1) for _ in range(experts))

    def gates(self, x):
        p = F.relu(F.softmax(self.router(x), dim=-1) - 0.02)
        return p / p.sum(-1, keepdim=True)

    def forward(self, x):
        g = self.gates(x)
        y = torch.cat([e(x) for e in self.experts], dim=-1)
        bonus = torch.special.entr(g).sum(-1)  # BLAME infinite-derivative backward
        return (g * y).sum(-1), bonus.mean()


model = MixtureOfExperts()
opt = torch.optim.Adam(model.parameters(), lr=0.02)
for step in range(80):
    x = torch.randn(32, 8)
    y = x[:, 0] * (x[:, 1] > 0)
    pred, entropy = model(x)
    loss = F.mse_loss(pred, y) - 0.01 * entropy
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 20 == 0:
        print(step, loss.item())
