import os
import numpy as np
import torch
import torch.nn as nn
from PIL import Image

N_ITER = 100000
sample_every = 1000
nz = 16
bs = 32
os.makedirs('gan', exist_ok=True)
torch.manual_seed(0)

G = nn.Sequential(
    nn.Linear(nz, 128), nn.LeakyReLU(0.2),
    nn.Linear(128, 128), nn.LeakyReLU(0.2),
    nn.Linear(128, 64), nn.Tanh(),
)
D = nn.Sequential(
    nn.Linear(64, 128), nn.LeakyReLU(0.2), nn.Linear(128, 128), nn.LeakyReLU(0.2), nn.Linear(128, 1)
)
optG = torch.optim.Adam(G.parameters(), lr=2e-4, betas=(0.5, 0.999))
optD = torch.optim.Adam(D.parameters(), lr=2e-4, betas=(0.5, 0.999))
bce = nn.BCEWithLogitsLoss()
ones, zeros = torch.ones(bs, 1), torch.zeros(bs, 1)
fixed_noise = torch.randn(25, nz)


def real_images():
    """8x8 crosses"""
    img = torch.full((bs, 8, 8), -1.0)
    r, c = torch.randint(0, 8, (2, bs))
    i = torch.arange(bs)
    img[i, r, :] = 1.0
    img[i, :, c] = 1.0
    return img.view(bs, 64)


def save_grid(it):
    G.eval()
    with torch.no_grad():
        fake = G(fixed_noise)
    G.train()
    fake = fake.view(5, 5, 3, 8, 8).permute(0, 3, 1, 4, 2).reshape(40, 40, 3)  # fault
    pixels = ((fake.numpy() + 1) * 127.5).astype(np.uint8)
    Image.fromarray(pixels).resize((160, 160)).save('gan/%06d.png' % it)


for it in range(1, N_ITER + 1):
    # ---- discriminator
    fake = G(torch.randn(bs, nz))
    lossD = bce(D(real_images()), ones) + bce(D(fake.detach()), zeros)
    optD.zero_grad()
    lossD.backward()
    optD.step()
    # ---- generator
    lossG = bce(D(fake), ones)
    optG.zero_grad()
    lossG.backward()
    optG.step()

    if it % 200 == 0:
        print('[%d/%d] D %.3f G %.3f' % (it, N_ITER, lossD.item(), lossG.item()))
    if it % sample_every == 0:
        save_grid(it)
