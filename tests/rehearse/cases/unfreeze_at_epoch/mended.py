import argparse

import torch
import torch.nn as nn
import torch.nn.functional as F


def parse():
    p = argparse.ArgumentParser(description="fine-tune a small conv net, thawing its trunk later")
    p.add_argument("--epochs", type=int, default=300)
    p.add_argument("--steps", type=int, default=300)
    p.add_argument("--batch-size", type=int, default=16)
    p.add_argument("--unfreeze-epoch", type=int, default=10)
    p.add_argument("--lr", type=float, default=1e-3)
    return p.parse_args()


class ConvNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(),
        )
        self.head = nn.Linear(128, 4)

    def forward(self, x):
        return self.head(self.trunk(x))


def batch(n):
    """Bars at one of four places."""
    y = torch.randint(0, 4, (n,))
    x = 0.5 * torch.randn(n, 1, 16, 16)
    x[torch.arange(n), 0, y * 4] += 1.0
    return x, y


def unfreeze(model, optimizer, lr):
    for p in model.trunk.parameters():
        p.requires_grad = True
    optimizer.add_param_group({"params": model.trunk.parameters(), "lr": lr})


def main():
    args = parse()
    torch.manual_seed(0)
    model = ConvNet()
    for p in model.trunk.parameters():
        p.requires_grad = False
    optimizer = torch.optim.SGD(model.head.parameters(), lr=args.lr, momentum=0.9)
    test = batch(1000)

    for epoch in range(args.epochs):
        if epoch == args.unfreeze_epoch:
            print("unfreezing the trunk")
            unfreeze(model, optimizer, args.lr / 10)
        model.train()
        for step in range(args.steps):
            x, y = batch(args.batch_size)
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            accuracy = (model(test[0]).argmax(1) == test[1]).float().mean().item()
        print(f"epoch {epoch} loss {loss.item():.4f} accuracy {accuracy:.3f}")


if __name__ == "__main__":
    main()
