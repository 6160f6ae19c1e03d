import csv

import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

EPOCHS = 400
torch.manual_seed(9)
weights = torch.randn(25)


def split(n):
    x = torch.rand(n, 25)
    return TensorDataset(x, ((x * weights).sum(1).sin() + 0.1 * torch.randn(n)).unsqueeze(1))


loaders = {
    "train": DataLoader(split(9600), batch_size=32, shuffle=True),
    "test": DataLoader(split(2000), batch_size=100, shuffle=False),
}
model = nn.Sequential(
    nn.Linear(25, 192), nn.ReLU(), nn.Dropout(0.1), nn.Linear(192, 192), nn.ReLU(), nn.Linear(192, 1)
)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

for epoch in range(EPOCHS):
    for phase in ("train", "test"):
        model.train(phase == "train")
        total, predictions = 0.0, []
        for x, y in loaders[phase]:
            with torch.set_grad_enabled(phase == "train"):
                out = model(x)
                loss = nn.functional.mse_loss(out, y)
            if phase == "train":
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            else:
                predictions.extend(out.flatten().tolist())
            total += loss.item()
        print(f"{phase:>5} epoch {epoch} loss {total / len(loaders[phase]):.5f}")

with open("predictions.csv", "w", newline="") as f:
    csv.writer(f).writerows(enumerate(predictions))
