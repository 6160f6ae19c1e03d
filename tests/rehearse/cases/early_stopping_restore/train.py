import copy

import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset


class EarlyStopping:
    def __init__(self, patience):
        self.patience = patience
        self.best = float("inf")
        self.counter = 0
        self.state = None

    def update(self, loss, model):
        if loss < self.best:
            self.best = loss
            self.counter = 0
            self.state = copy.deepcopy(model.state_dict())
        else:
            self.counter += 1
        return self.counter >= self.patience


class AutoEncoder(nn.Module):
    def __init__(self, n=64, code=8):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, 256), nn.ReLU(), nn.Linear(256, code))
        self.decoder = nn.Sequential(nn.Linear(code, 256), nn.ReLU(), nn.Linear(256, n))

    def forward(self, x):
        return self.decoder(self.encoder(x))


def validate(model, loader, criterion):
    model.eval()
    with torch.no_grad():
        return sum(criterion(model(x), x).item() for (x,) in loader) / len(loader)


def train(model, train_loader, val_loader, epochs):
    criterion = nn.MSELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    stopper = EarlyStopping(patience=15)
    for epoch in range(epochs):
        model.train()
        for (x,) in train_loader:
            optimizer.zero_grad()
            loss = criterion(model(x), x)
            loss.backward()
            optimizer.step()
        val_loss = validate(model, val_loader, criterion)
        print(f"{epoch}\t{val_loss:.6f}")
        if stopper.update(val_loss, model):
            print(f"stopping early, best validation loss {stopper.best:.6f}")
            model.load_state_dict(stopper.best_state)  # fault
            break
    return model


if __name__ == "__main__":
    torch.manual_seed(21)
    basis = torch.randn(8, 64)
    data = torch.randn(12000, 8) @ basis + 0.3 * torch.randn(12000, 64)
    train_set, val_set = TensorDataset(data[:10000]), TensorDataset(data[10000:])
    train(
        AutoEncoder(),
        DataLoader(train_set, batch_size=40, shuffle=True),
        DataLoader(val_set, batch_size=500),
        epochs=600,
    )
