import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

SAMPLES = 12010
EPOCHS = 400
BATCH_SIZE = 32


def get_data():
    g = torch.Generator().manual_seed(0)
    x = torch.randn(SAMPLES, 50, generator=g)
    y = torch.stack([x[:, i::5].sum(1) for i in range(5)], 1).argmax(1)
    return TensorDataset(x, y)


def run():
    torch.manual_seed(0)
    loader = DataLoader(get_data(), batch_size=BATCH_SIZE, shuffle=True)
    model = nn.Sequential(
        nn.Linear(50, 192), nn.LayerNorm(192), nn.ReLU(),
        nn.Linear(192, 192), nn.LayerNorm(192), nn.ReLU(), nn.Linear(192, 5),
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4)
    steps_per_epoch = len(loader)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=0.1, epochs=EPOCHS, steps_per_epoch=steps_per_epoch
    )
    for epoch in range(EPOCHS):
        hits = seen = 0
        for x, y in loader:
            logits = model(x)
            loss = F.cross_entropy(logits, y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
            hits += (logits.argmax(1) == y).sum().item()
            seen += len(y)
        print(f"Epoch {epoch + 1}: train acc {hits / seen:.4f}, lr {scheduler.get_last_lr()[0]:.5f}")


run()
