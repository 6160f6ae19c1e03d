"""A data set that keeps each crop that it has made."""

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Crops(Dataset):
    def __init__(self):
        self.pictures = torch.randn(20, 3, 256, 256)
        self.made = {}

    def __len__(self):
        return 20_000

    def crop(self, index, top):
        return self.pictures[index % 20, :, top : top + 224].clone()

    def __getitem__(self, index):
        top = int(torch.randint(0, 32, ()))
        if (index, top) not in self.made:
            crop = self.pictures[index % 20, :, top : top + 224].clone()
            self.made[index, top] = crop  # FAULT memory-grows
        return self.made[index, top]


model = nn.Conv2d(3, 4, 3)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
loader = DataLoader(Crops(), batch_size=4, shuffle=True)
for x in loader:
    optimizer.zero_grad()
    loss = model(x).pow(2).mean()
    loss.backward()
    optimizer.step()
