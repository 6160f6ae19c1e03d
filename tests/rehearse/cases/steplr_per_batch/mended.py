import json
import os
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

hparams = {"epochs": 90, "batch_size": 30, "lr": 0.05, "lr_step": 30, "lr_gamma": 0.1}
os.makedirs("exp1", exist_ok=True)
with open("exp1/hparams.json", "w") as f:
    json.dump(hparams, f)


def load_data(n=60000):
    """Two interleaved helices, and which of them a point is of."""
    t = torch.rand(n) * 9
    y = torch.randint(0, 2, (n,))
    a = t + y * torch.pi
    x = torch.stack([a.cos(), a.sin(), t / 5], 1) + 0.15 * torch.randn(n, 3)
    return TensorDataset(x, y)


def train_one_epoch(model, loader, optimizer, scheduler, criterion):
    model.train()
    total = 0.0
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(y)
    scheduler.step()
    return total / len(loader.dataset)


torch.manual_seed(0)
loader = DataLoader(load_data(), batch_size=hparams["batch_size"], shuffle=True)
model = nn.Sequential(nn.Linear(3, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=hparams["lr"], momentum=0.9)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, hparams["lr_step"], hparams["lr_gamma"])
criterion = nn.CrossEntropyLoss()
history = []
for epoch in range(hparams["epochs"]):
    loss = train_one_epoch(model, loader, optimizer, scheduler, criterion)
    history.append(loss)
    print(f"epoch {epoch + 1:3d} | loss {loss:.4f} | lr {optimizer.param_groups[0]['lr']:.2g}")
with open("exp1/history.json", "w") as f:
    json.dump(history, f)
