import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, Dataset

EPOCHS = 60


class Patches(Dataset):
    """Random crops of pictures that are made on the fly; what has been made is kept."""

    def __init__(self, n, size=32):
        self.n, self.size = n, size
        self.cache = {}

    def __len__(self):
        return self.n

    def picture(self, index):
        t = torch.linspace(0, 1 + index % 4, 48)
        return torch.sin(6.28 * (t[:, None] + t[None, :])).unsqueeze(0)

    def __getitem__(self, index):
        top, left = torch.randint(0, 16, (2,)).tolist()
        key = (index, top, left)
        if key not in self.cache:
            self.cache[key] = self.picture(index).repeat(3, 1, 1)  # fault
        picture = self.cache[key]
        return picture[:, top:top + self.size, left:left + self.size], index % 4


torch.manual_seed(0)
loader = DataLoader(Patches(8000), batch_size=16, shuffle=True)
model = nn.Sequential(
    nn.Conv2d(3, 24, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(24, 48, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(48, 4),
)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

for epoch in range(EPOCHS):
    losses = []
    for images, classes in loader:
        loss = nn.functional.cross_entropy(model(images), classes)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    print(f"epoch {epoch}: loss {np.mean(losses):.4f}")
