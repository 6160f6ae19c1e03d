"""VAE whose log variance is unbounded: inputs on the wrong scale (one feature in thousands) make
logvar large and exp(logvar) overflows in the KL term. Real bug:
https://github.com/vanderschaarlab/synthcity/issues/331. Cure: clamp logvar to [-30, 20], scale
the inputs.
"""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(60)


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 4))
        self.dec = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 6))

    def forward(self, x):
        mu, logvar = self.enc(x).chunk(2, dim=1)
        z = mu + torch.exp(0.5 * logvar.clamp(max=8)) * torch.randn_like(mu)
        return self.dec(z), mu, logvar


def kl(mu, logvar):
    var = torch.exp(logvar)  # BLAME overflow forward
    return 0.5 * (mu.pow(2) + var - 1 - logvar).sum(1).mean()


model = VAE()
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
table = torch.randn(400, 6)
table[240:, 5] = 20000.0 * torch.rand(160)
for step in range(75):
    x = table[step * 16 % 400 : step * 16 % 400 + 16]
    recon, mu, logvar = model(x)
    loss = F.smooth_l1_loss(recon, x) + 0.1 * kl(mu, logvar)
    opt.zero_grad()
    loss.backward()
    opt.step()
