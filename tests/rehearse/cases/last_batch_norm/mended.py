"""Fits a small network with batch normalisation to a noisy function."""
import torch
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset, random_split

EPOCHS = 300


class Net(nn.Module):
    def __init__(self, width=192):
        super().__init__()
        self.inp = nn.Linear(16, width)
        self.norm1 = nn.BatchNorm1d(width)
        self.mid = nn.Linear(width, width)
        self.norm2 = nn.BatchNorm1d(width)
        self.out = nn.Linear(width, 1)

    def forward(self, x):
        x = torch.relu(self.norm1(self.inp(x)))
        x = torch.relu(self.norm2(self.mid(x)))
        return self.out(x).squeeze(1)


def main():
    torch.manual_seed(0)
    x = torch.rand(12801 + 2000, 16)
    y = (x[:, 0] * x[:, 1]).sin() + x[:, 2:].mean(1) + 0.05 * torch.randn(len(x))
    train_set, val_set = random_split(TensorDataset(x, y), [12801, 2000])
    train_loader = DataLoader(train_set, batch_size=32, shuffle=True, drop_last=True)
    val_loader = DataLoader(val_set, batch_size=100)

    net = Net()
    optimizer = optim.AdamW(net.parameters(), lr=2e-3)
    for epoch in range(1, EPOCHS + 1):
        net.train()
        for xb, yb in train_loader:
            prediction = net(xb)
            loss = nn.functional.mse_loss(prediction, yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

        net.eval()
        total = 0.0
        with torch.no_grad():
            for xb, yb in val_loader:
                total += nn.functional.mse_loss(net(xb), yb, reduction="sum").item()
        print(f"[{epoch:3d}/{EPOCHS}] val mse {total / len(val_set):.5f}")


if __name__ == "__main__":
    main()
