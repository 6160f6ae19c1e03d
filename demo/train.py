"""Trains a small network to read handwritten digits (scikit-learn's, 1797 images of 8 x 8)."""

import argparse

import numpy as np
import torch
from scipy.ndimage import rotate
from sklearn.datasets import load_digits
from torch import nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset


class Reader(nn.Module):
    """Two convolutions and a linear layer."""

    def __init__(self, width):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, width, 3, padding=1),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(width, 2 * width, 3, padding=1),
            nn.ReLU(),
            nn.Dropout(0.2),
        )
        self.head = nn.Linear(2 * width * 16, 10)

    def forward(self, images):
        return self.head(self.features(images).flatten(1))


def prepare(copies, angle):
    """Training and test data; of each training image also some copies, turned a little."""
    images, labels = load_digits(return_X_y=True)
    images = images.reshape(-1, 8, 8).astype(np.float32) / 16
    order = np.random.permutation(len(images))
    train, test = order[:1400], order[1400:]
    print(f"turning {len(train)} images {copies} times")
    turned = [images[train]]
    for _ in range(copies):
        angles = np.random.uniform(-angle, angle, len(train))
        pairs = zip(images[train], angles, strict=True)
        turned.append(np.stack([rotate(i, a, reshape=False, order=1) for i, a in pairs]))
    return (
        dataset(np.concatenate(turned), np.tile(labels[train], copies + 1)),
        dataset(images[test], labels[test]),
    )


def dataset(images, labels):
    return TensorDataset(torch.from_numpy(images).unsqueeze(1), torch.from_numpy(labels))


def train_one_epoch(model, loader, optimizer):
    model.train()
    total = 0.0
    for step, (images, labels) in enumerate(loader, start=1):
        loss = cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
        if step % 50 == 0:
            print(f"  step {step:3d}  loss {total / step:.6f}")


@torch.no_grad()
def evaluate(model, loader):
    model.eval()
    correct = 0
    for images, labels in loader:
        digits = model(images).argmax(0)
        correct += (digits == labels).sum().item()
    return correct / len(loader.dataset)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--lr", type=float, default=2e-3)
    args = parser.parse_args()

    torch.set_num_threads(1)  # for tensors as small as these
    torch.manual_seed(0)
    np.random.seed(0)
    train_data, test_data = prepare(copies=8, angle=12)
    train_loader = DataLoader(train_data, batch_size=64, shuffle=True)
    test_loader = DataLoader(test_data, batch_size=128)

    model = Reader(args.width)
    optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, args.epochs)
    for epoch in range(1, args.epochs + 1):
        train_one_epoch(model, train_loader, optimizer)
        accuracy = evaluate(model, test_loader)
        schedule.step()
        print(f"epoch {epoch}  test accuracy {accuracy:.4%}")
    torch.save(model.state_dict(), "digits.pt")


if __name__ == "__main__":
    main()
