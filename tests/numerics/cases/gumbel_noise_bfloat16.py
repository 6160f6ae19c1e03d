"""Gumbel-softmax: -log(-log(u)) with u = 1 - rand in bfloat16, so that u is never 0. But with so
few bits u is often exactly 1, -log(u) is 0 and its log -inf. Real bug: hand-written Gumbel noise
without eps in many repositories (there with probability 2 ** -24 per draw). Cure: -log of an
exponential sample, or u clamped to a tiny number.
"""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(46)


def gumbel_like(logits):
    u = 1 - torch.rand(logits.shape, dtype=torch.bfloat16)
    exponential = -torch.log(u.float())
    return -torch.log(exponential)  # BLAME log-domain forward


class DiscreteAutoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Linear(10, 4)
        self.dec = nn.Linear(4, 10, bias=False)

    def forward(self, x, tau=1.0):
        logits = self.enc(x)
        z = F.softmax((logits + gumbel_like(logits) - 1.0) / tau, dim=-1)
        return self.dec(z)


codes = torch.randn(4, 10)
model = DiscreteAutoencoder()
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(80):
    x = codes[torch.randint(0, 4, (8,))]
    loss = F.mse_loss(model(x), x)
    opt.zero_grad()
    loss.backward()
    opt.step()
