import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

EPOCHS = 400
torch.manual_seed(55)

# sorted by class, as data often are
x = torch.randn(11200, 18)
y = (x[:, :6].sum(1) > x[:, 6:12].sum(1)).long() + (x[:, 12:].sum(1) > 1).long()
order = y.argsort()
x, y = x[order], y[order]
held_out = torch.arange(len(x)) % 8 == 0

train_loader = DataLoader(TensorDataset(x[~held_out], y[~held_out]), batch_size=32, shuffle=True)
test_loader = DataLoader(TensorDataset(x[held_out], y[held_out]), batch_size=100)
model = nn.Sequential(nn.Linear(18, 240), nn.ReLU(), nn.Linear(240, 240), nn.ReLU(), nn.Linear(240, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

for epoch in range(EPOCHS):
    model.train()
    for xb, yb in train_loader:
        loss = F.cross_entropy(model(xb), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    correct = 0
    with torch.no_grad():
        for xb, yb in test_loader:
            correct += (model(xb).argmax(1) == yb).sum().item()
    print(f"{epoch + 1}/{EPOCHS} accuracy {correct / held_out.sum().item():.4f}")
