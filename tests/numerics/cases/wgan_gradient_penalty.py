"""WGAN with a gradient penalty: the norm of the critic's gradient at interpolated points. The
critic's ReLUs are all dead on one interpolated point, so the gradient there is exactly zero; the
norm is fine, but the derivative of the norm in double backward is 0 / 0. Real bug:
https://github.com/pytorch/pytorch/issues/2534. Cure: an epsilon inside the sqrt.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(30)

critic = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
generator = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
opt_c = torch.optim.Adam(critic.parameters(), lr=5e-3, betas=(0.5, 0.9))
opt_g = torch.optim.Adam(generator.parameters(), lr=5e-3, betas=(0.5, 0.9))


def gradient_penalty(real, fake):
    alpha = torch.rand(real.size(0), 1)
    mixed = (alpha * real + (1 - alpha) * fake).requires_grad_(True)
    out = critic(mixed)
    (grad,) = torch.autograd.grad(out.sum(), mixed, create_graph=True)
    norm = grad.pow(2).sum(1).sqrt()  # BLAME infinite-derivative backward
    return ((norm - 1) ** 2).mean()


for step in range(60):
    real = torch.randn(16, 2) * 1.5 + torch.tensor([1.0, -1.0])
    fake = generator(torch.randn(16, 4))
    loss_c = critic(fake.detach()).mean() - critic(real).mean()
    loss_c = loss_c + 10 * gradient_penalty(real, fake.detach())
    opt_c.zero_grad()
    loss_c.backward()
    opt_c.step()
    if step % 5 == 4:
        loss_g = -critic(generator(torch.randn(16, 4))).mean()
        opt_g.zero_grad()
        loss_g.backward()
        opt_g.step()
