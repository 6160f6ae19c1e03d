import os

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset

PATH = "digits.npz"


def prepare():
    if os.path.exists(PATH):
        return
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, 800)
    images = rng.integers(0, 90, (800, 28, 28), dtype=np.uint8)
    for image, label in zip(images, labels):
        image[2 * label:2 * label + 8, 4:24] += 120
    np.savez_compressed(PATH, images=images, labels=labels)


class Archive(Dataset):
    def __init__(self, path):
        self.path = path
        with np.load(path) as archive:
            self.n = len(archive["labels"])

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        with np.load(self.path) as archive:
            image, label = archive["images"][i], archive["labels"][i]  # fault
        return torch.from_numpy(image).float().div(255).unsqueeze(0), int(label)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3, padding=1)
        self.conv2 = nn.Conv2d(32, 32, 3, padding=1)
        self.fc = nn.Linear(32 * 49, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc(x.flatten(1))


def main(epochs=200):
    torch.manual_seed(0)
    prepare()
    loader = DataLoader(Archive(PATH), batch_size=16, shuffle=True)  # fault
    net = Net()
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    for epoch in range(epochs):
        for images, labels in loader:  # fault
            loss = F.cross_entropy(net(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print(f"epoch {epoch} loss {loss.item():.4f}")


if __name__ == "__main__":
    main()
