"""Phenotypes of which one is missing, in a training step that is a function of its own: the batch
enters where its rows are taken. Cure: leave out samples without a phenotype."""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(202)


def train_step(net, optimizer, genotype, phenotype):
    predicted = net(genotype).squeeze(1)
    loss = nn.functional.smooth_l1_loss(predicted, phenotype)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


genotypes = torch.randint(0, 3, (600, 20)).float()
phenotypes = genotypes @ torch.randn(20) + torch.randn(600)
phenotypes[411] = float("nan")
net = nn.Sequential(nn.Linear(20, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3)
for epoch in range(3):
    order = torch.arange(600).reshape(-1, 10)
    for rows in order:
        phenotype = phenotypes[rows]  # BLAME bad-input data
        loss = train_step(net, optimizer, genotypes[rows], phenotype)
    print(epoch, loss)
