"""Mixed precision on the CPU; the metrics are NumPy's."""
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

EPOCHS = 300
AMP = dict(device_type="cpu", dtype=torch.bfloat16)


class Rings(Dataset):
    def __init__(self, n, seed):
        rng = np.random.default_rng(seed)
        self.y = rng.integers(0, 2, n)
        direction = rng.normal(size=(n, 10))
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        radius = 1 + self.y + rng.normal(0, 0.35, n)
        self.x = torch.tensor(direction * radius[:, None], dtype=torch.float32)
        self.y = torch.tensor(self.y, dtype=torch.float32)

    def __len__(self):
        return len(self.x)

    def __getitem__(self, i):
        return self.x[i], self.y[i]


def auc(scores, labels):
    ranks = scores.argsort().argsort() + 1
    positive = labels == 1
    n, m = positive.sum(), (~positive).sum()
    return (ranks[positive].sum() - n * (n + 1) / 2) / (n * m)


def validate(model, loader):
    model.eval()
    scores, labels = [], []
    with torch.no_grad(), torch.autocast(**AMP):
        for x, y in loader:
            scores.append(model(x).squeeze(1).float().numpy())
            labels.append(y.numpy())
    return auc(np.concatenate(scores), np.concatenate(labels))


torch.manual_seed(0)
train_loader = DataLoader(Rings(12_000, 1), batch_size=32, shuffle=True)
val_loader = DataLoader(Rings(3_000, 2), batch_size=250)
model = nn.Sequential(nn.Linear(10, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 1))
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
criterion = nn.BCEWithLogitsLoss()

for epoch in range(EPOCHS):
    model.train()
    for x, y in train_loader:
        with torch.autocast(**AMP):
            loss = criterion(model(x).squeeze(1), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"epoch {epoch + 1}/{EPOCHS} loss {loss.item():.4f} auc {validate(model, val_loader):.4f}")
