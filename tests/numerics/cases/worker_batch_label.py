"""Ratings from a file with a gap: a worker process reads the batch, and the NaN among its targets
is first used in the loss. The data are to blame, at the line where the loss takes them."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(4)


class Ratings(Dataset):
    def __init__(self, size=240):
        noise = torch.Generator().manual_seed(1)
        self.features = torch.randn(size, 6, generator=noise)
        self.ratings = self.features.sum(1) + 0.1 * torch.randn(size, generator=noise)
        self.ratings[171] = float("nan")

    def __len__(self):
        return len(self.features)

    def __getitem__(self, index):
        return self.features[index], self.ratings[index]


model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)

for _ in range(2):
    for features, ratings in DataLoader(Ratings(), batch_size=12, num_workers=1):
        predicted = model(features).squeeze(1)
        loss = F.smooth_l1_loss(predicted, ratings)  # BLAME bad-input data
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
