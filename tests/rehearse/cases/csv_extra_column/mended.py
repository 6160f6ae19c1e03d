import csv
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

MAX_STEPS = 90_000
LOG_EVERY = 50
VAL_EVERY = 1_500


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv1d(1, 24, 5, padding=2)
        self.conv2 = nn.Conv1d(24, 24, 5, padding=2)
        self.drop = nn.Dropout(0.1)
        self.fc = nn.Linear(24, 5)

    def forward(self, x):
        x = F.max_pool1d(F.relu(self.conv1(x)), 2)
        x = F.relu(self.conv2(x)).mean(-1)
        return self.fc(self.drop(x))


def signals(n, generator=None):
    y = torch.randint(0, 5, (n,), generator=generator)
    t = torch.linspace(0, 6.28, 64)
    x = torch.sin((y[:, None] + 1) * t + 6.28 * torch.rand(n, 1, generator=generator))
    return (x + 0.5 * torch.randn(n, 64, generator=generator)).unsqueeze(1), y


def main():
    torch.manual_seed(0)
    net = Net()
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    val_x, val_y = signals(1000, torch.Generator().manual_seed(1))
    start = time.perf_counter()
    with open("metrics.csv", "w", newline="") as f:
        writer = csv.DictWriter(f, ["step", "seconds", "loss", "accuracy", "val_loss"])
        writer.writeheader()
        for step in range(1, MAX_STEPS + 1):
            x, y = signals(32)
            logits = net(x)
            loss = F.cross_entropy(logits, y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

            row = {"step": step, "seconds": time.perf_counter() - start}
            if step % LOG_EVERY == 0:
                writer.writerow({**row, "loss": loss.item()})
            if step % VAL_EVERY == 0:
                net.eval()
                with torch.no_grad():
                    out = net(val_x)
                row["val_loss"] = F.cross_entropy(out, val_y).item()
                row["accuracy"] = (out.argmax(1) == val_y).float().mean().item()
                net.train()
                writer.writerow(row)
                f.flush()
                print(row)


if __name__ == "__main__":
    main()
