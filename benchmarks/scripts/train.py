"""A small training script of the usual form: about 20 s on one core of 2020's.

Prints `train` and the seconds of CPU time of each epoch.
"""

import time

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

EPOCHS = 8


class Digits(Dataset):
    """Noisy pictures of ten patterns."""

    def __init__(self, length: int) -> None:
        generator = torch.Generator().manual_seed(1)
        self.patterns = torch.rand(10, 1, 16, 16, generator=generator)
        self.labels = torch.randint(10, (length,), generator=generator)

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        label = int(self.labels[index])
        picture = self.patterns[label] + 0.5 * torch.randn(1, 16, 16)
        if torch.rand(()) < 0.5:
            picture = picture.flip(-1)
        return picture, label


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, padding=1)
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1)
        self.head = nn.Linear(32 * 4 * 4, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.max_pool2d(torch.relu(self.conv1(x)), 2)
        x = torch.max_pool2d(torch.relu(self.conv2(x)), 2)
        return self.head(x.flatten(1))


def accuracy(model: nn.Module, loader: DataLoader) -> float:
    right = count = 0
    model.eval()
    with torch.no_grad():
        for pictures, labels in loader:
            right += int((model(pictures).argmax(1) == labels).sum())
            count += len(labels)
    model.train()
    return right / count


def main() -> list[float]:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    train = DataLoader(Digits(20_000), batch_size=32, shuffle=True)
    test = DataLoader(Digits(4_000), batch_size=128)
    model = Net()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 2, 0.5)
    times = []
    for epoch in range(EPOCHS):
        began = time.process_time()
        total = 0.0
        for pictures, labels in train:
            loss = nn.functional.cross_entropy(model(pictures), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        schedule.step()
        print(f"epoch {epoch}: loss {total / len(train):.4f} accuracy {accuracy(model, test):.4f}")
        times.append(time.process_time() - began)
    return times


if __name__ == "__main__":
    print("train", *main())
