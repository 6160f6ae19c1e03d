import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, Dataset


class Augmented(Dataset):
    """Little pictures, shifted, mirrored and made noisy each time anew."""

    def __init__(self, n=6400, size=20):
        self.rng = np.random.default_rng(0)
        self.labels = np.arange(n) % 5
        axis = np.linspace(0, 2 * np.pi, size)
        self.images = np.stack([np.sin(k * axis)[:, None] * np.cos(axis) for k in range(1, 6)])

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        image = self.images[self.labels[i]]
        image = np.roll(image, self.rng.integers(0, 6, 2), axis=(0, 1))
        if self.rng.random() < 0.5:
            image = image[:, ::-1]
        image = image + self.rng.normal(0, 1.0, image.shape)
        return torch.tensor(image, dtype=torch.float32).unsqueeze(0), int(self.labels[i])


def seed_worker(number):
    torch.utils.data.get_worker_info().dataset.rng = np.random.default_rng(torch.initial_seed())


def main(epochs = 60):
    torch.manual_seed(0)
    loader = DataLoader(
        Augmented(), batch_size=16, shuffle=True, num_workers=2, worker_init_fn=seed_worker
    )
    model = nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 64, 3, padding=1, stride=2), nn.ReLU(),
        nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 5),
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(epochs):
        hits = 0
        for images, labels in loader:
            logits = model(images)
            loss = nn.functional.cross_entropy(logits, labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            hits += (logits.argmax(1) == labels).sum().item()
        print(f"epoch {epoch}: accuracy {hits / len(loader.dataset):.3f}")


if __name__ == "__main__":
    main()
