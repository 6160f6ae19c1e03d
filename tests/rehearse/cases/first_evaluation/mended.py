import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(1)
EPOCHS = 400
BATCH = 32

centres = torch.randn(10, 64)


def make(n):
    y = torch.randint(0, 10, (n,))
    return TensorDataset(centres[y] + 1.5 * torch.randn(n, 64), y)


train_loader = DataLoader(make(12000), batch_size=BATCH, shuffle=True)
test_loader = DataLoader(make(2048), batch_size=128)

model = nn.Sequential(
    nn.Linear(64, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Dropout(0.2), nn.Linear(256, 10)
)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

for epoch in range(EPOCHS):
    model.train()
    running = 0.0
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        running += loss.item()
    print(f"epoch {epoch}: train loss {running / len(train_loader):.4f}")

    model.eval()
    correct = 0
    with torch.no_grad():
        for x, y in test_loader:
            predicted = model(x).argmax(1)
            correct += (predicted == y).sum().item()
    print(f"epoch {epoch}: test accuracy {correct / len(test_loader.dataset):.4f}")
