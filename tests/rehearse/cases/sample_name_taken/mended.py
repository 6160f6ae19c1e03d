import argparse
import os

import torch
import torch.nn as nn
import torch.nn.functional as F

parser = argparse.ArgumentParser(description="a variational autoencoder for little pictures of blobs")
parser.add_argument("--epochs", type=int, default=300)
parser.add_argument("--batches", type=int, default=400)
parser.add_argument("--latent", type=int, default=6)
parser.add_argument("--samples", default="samples")
args = parser.parse_args()

torch.manual_seed(12)
os.makedirs(args.samples, exist_ok=True)
for old in os.listdir(args.samples):
    os.remove(os.path.join(args.samples, old))

grid = torch.stack(torch.meshgrid(torch.linspace(0, 1, 12), torch.linspace(0, 1, 12), indexing="ij"))


def blobs(n):
    centre = torch.rand(n, 2, 1, 1)
    return torch.exp(-((grid - centre) ** 2).sum(1) / 0.03).flatten(1)


class VAE(nn.Module):
    def __init__(self, latent):
        super().__init__()
        self.enc = nn.Sequential(nn.Linear(144, 256), nn.ReLU(), nn.Linear(256, 2 * latent))
        self.dec = nn.Sequential(nn.Linear(latent, 256), nn.ReLU(), nn.Linear(256, 144))

    def forward(self, x):
        mu, logvar = self.enc(x).chunk(2, 1)
        z = mu + torch.randn_like(mu) * torch.exp(0.5 * logvar)
        kl = -0.5 * (1 + logvar - mu ** 2 - logvar.exp()).sum(1).mean()
        return self.dec(z), kl


def write_samples(model, epoch):
    model.eval()
    with torch.no_grad():
        images = torch.sigmoid(model.dec(torch.randn(8, args.latent))).view(8, 12, 12)
    rows = (images.permute(1, 0, 2).reshape(12, 96) * 255).byte()
    path = os.path.join(args.samples, f"epoch_{epoch:03d}.pgm")
    with open(path, "xb") as f:
        f.write(b"P5 96 12 255\n" + bytes(rows.flatten().tolist()))


model = VAE(args.latent)
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(args.epochs):
    model.train()
    for i in range(args.batches):
        x = blobs(32)
        logits, kl = model(x)
        loss = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1).mean() + kl
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(f"epoch {epoch}: {loss.item():.3f}")
    write_samples(model, epoch)
