"""Autoencoder with a discriminator whose weight is the ratio of two gradient norms at the last
layer, as in VQGAN but without its eps: before the discriminator starts, its gradient there is
exactly 0 in the hinge's flat region and the ratio is x / 0. An eps and a clamp cure it."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(7)
torch.set_num_threads(1)

encoder = nn.Sequential(nn.Linear(16, 8), nn.ReLU())
decoder = nn.Linear(8, 16)
critic = nn.Sequential(nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 1))
opt_g = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=2e-3)
opt_d = torch.optim.Adam(critic.parameters(), lr=0.05)


def adaptive_weight(reconstruction, adversarial):
    a = torch.autograd.grad(reconstruction, decoder.weight, retain_graph=True)[0]
    b = torch.autograd.grad(adversarial, decoder.weight, retain_graph=True)[0]
    return (a.norm() / b.norm()).detach()  # BLAME division-by-zero forward


for step in range(80):
    real = torch.randn(32, 16) + 2
    fake = decoder(encoder(real))
    reconstruction = F.l1_loss(fake, real)
    adversarial = F.relu(1 + critic(fake)).mean()
    weight = adaptive_weight(reconstruction, adversarial)
    opt_g.zero_grad()
    (reconstruction + weight * adversarial).backward()
    opt_g.step()
    loss_d = F.relu(1 - critic(real)).mean() + F.relu(1 + critic(fake.detach())).mean()
    opt_d.zero_grad()
    loss_d.backward()
    opt_d.step()
    if step % 20 == 0:
        print(step, reconstruction.item(), loss_d.item())
