"""A GAN: each half gets gradients that only the other uses; samples in training mode."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
train = TensorDataset(torch.randn(96, 8), torch.randint(0, 3, (96,)))
train_loader = DataLoader(train, batch_size=8, shuffle=True)
G = nn.Sequential(nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 8))
D = nn.Sequential(nn.Linear(8, 16), nn.Dropout(0.3), nn.LeakyReLU(), nn.Linear(16, 1))
opt_g = torch.optim.Adam(G.parameters())
opt_d = torch.optim.Adam(D.parameters())
bce = nn.BCEWithLogitsLoss()
fixed = torch.randn(16, 4)
for _epoch in range(3):
    for x, _ in train_loader:
        one, zero = torch.ones(len(x), 1), torch.zeros(len(x), 1)
        D.zero_grad()
        bce(D(x), one).backward()
        fake = G(torch.randn(len(x), 4))
        bce(D(fake.detach()), zero).backward()
        opt_d.step()
        G.zero_grad()
        bce(D(fake), one).backward()
        opt_g.step()
    with torch.no_grad():
        G(fixed)
