"""GAN with the original losses written out: log(1 - D(G(z))). A discriminator that wins gives
exactly 1.0 for a real sample and the log of 1 - 1. Here D's own loss has the log(1 - D(fake)) and
the labels of a real batch are flipped once (label noise), as in GAN tricks. Cure:
binary_cross_entropy_with_logits.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(41)

D = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1), nn.Sigmoid())
G = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 2))
opt_d = torch.optim.Adam(D.parameters(), lr=3e-2)
opt_g = torch.optim.Adam(G.parameters(), lr=1e-4)


def d_loss(p_real, p_fake):
    fake_term = torch.log(1 - p_fake)  # BLAME log-domain forward
    return -(torch.log(p_real + 1e-8) + fake_term).mean()


for step in range(40):
    real = 40 + 4 * torch.randn(64, 2)
    fake = G(torch.randn(64, 3)).detach()
    a, b = (fake, real) if step % 16 == 15 else (real, fake)
    loss_d = d_loss(D(a), D(b))
    opt_d.zero_grad()
    loss_d.backward()
    opt_d.step()
    loss_g = -torch.log(D(G(torch.randn(64, 3))) + 1e-8).mean()
    opt_g.zero_grad()
    loss_g.backward()
    opt_g.step()
    if step % 10 == 0:
        print(step, loss_d.item(), loss_g.item())
