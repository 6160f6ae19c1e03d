import argparse
import os

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def build():
    return nn.Sequential(
        nn.Linear(40, 200), nn.ReLU(), nn.Dropout(0.3), nn.Linear(200, 200), nn.ReLU(), nn.Linear(200, 6)
    )


def datasets():
    g = torch.Generator().manual_seed(17)
    w = torch.randn(40, 6, generator=g)
    for n in (9600, 1200, 1200):
        x = torch.randn(n, 40, generator=g)
        yield TensorDataset(x, (x @ w + torch.randn(n, 6, generator=g)).argmax(1))


def accuracy(model, loader):
    model.eval()
    hits = 0
    with torch.inference_mode():
        for x, y in loader:
            hits += (model(x).argmax(-1) == y).sum().item()
    return hits / len(loader.dataset)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=400)
    parser.add_argument("--out", default="output")
    args = parser.parse_args()
    torch.manual_seed(17)
    os.makedirs(args.out, exist_ok=True)
    best_path = os.path.join(args.out, "best.pt")

    train, val, test = datasets()
    train_loader = DataLoader(train, batch_size=24, shuffle=True)
    val_loader = DataLoader(val, batch_size=100)
    test_loader = DataLoader(test, batch_size=100)

    model = nn.DataParallel(build())
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, nesterov=True)
    best = -1.0
    for epoch in range(args.epochs):
        model.train()
        for x, y in train_loader:
            loss = nn.functional.cross_entropy(model(x), y)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
        acc = accuracy(model, val_loader)
        print(f"epoch {epoch:02d} val accuracy {acc:.4f}")
        if acc > best:
            best = acc
            torch.save(model.module.state_dict(), best_path)

    final = build()
    final.load_state_dict(torch.load(best_path))
    print(f"test accuracy {accuracy(final, test_loader):.4f}")


if __name__ == "__main__":
    main()
