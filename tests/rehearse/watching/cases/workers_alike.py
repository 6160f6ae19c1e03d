"""Each worker has a copy of the generator of the dataset."""

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(0)


class Noisy(Dataset):
    def __init__(self):
        self.rng = np.random.default_rng(0)

    def __len__(self):
        return 64

    def __getitem__(self, index):
        noise = self.rng.normal(size=4) if index >= 0 else 0
        return torch.full((4,), float(index)) + torch.as_tensor(noise).float()


loader = DataLoader(Noisy(), batch_size=8, shuffle=True, num_workers=2)  # FAULT same-augmentation
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=1e-4)
for _epoch in range(2):
    for x in loader:
        optimizer.zero_grad()
        model(x).pow(2).mean().backward()
        optimizer.step()
