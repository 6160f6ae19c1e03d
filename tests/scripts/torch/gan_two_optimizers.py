"""A GAN: two models, two optimizers, detach, requires_grad switched on and off, fixed noise kept for the whole run."""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)
generator = nn.Sequential(nn.Linear(2, 8), nn.LeakyReLU(0.2), nn.Linear(8, 3))
critic = nn.Sequential(nn.Linear(3, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1))
adam = {
    "g": torch.optim.Adam(generator.parameters(), lr=1e-2, betas=(0.5, 0.999)),
    "d": torch.optim.Adam(critic.parameters(), lr=1e-2, betas=(0.5, 0.999), amsgrad=True),
}
criterion = nn.BCEWithLogitsLoss()
fixed = torch.randn(4, 2)
history = {"d": [], "g": []}
for step in range(6):
    critic.requires_grad_(True)
    for _ in range(2):
        real, fake = torch.randn(8, 3) + 2, generator(torch.randn(8, 2)).detach()
        loss_d = criterion(critic(real), torch.ones(8, 1)) + criterion(critic(fake), torch.zeros(8, 1))
        adam["d"].zero_grad()
        loss_d.backward()
        adam["d"].step()
        history["d"].append(loss_d.item())
        print("critic", step, history["d"][-1])
    critic.requires_grad_(False)
    loss_g = criterion(critic(generator(torch.randn(8, 2))), torch.ones(8, 1))
    adam["g"].zero_grad()
    loss_g.backward()
    adam["g"].step()
    history["g"].append(loss_g.item())
    with torch.no_grad():
        print("sample", step, history["g"][-1], generator(fixed).mean(0).tolist(), next(critic.parameters()).requires_grad)
