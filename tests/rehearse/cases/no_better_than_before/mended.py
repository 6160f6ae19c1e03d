import logging
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

logging.basicConfig(level=logging.INFO, format="%(message)s")
log = logging.getLogger("train")


class Trainer:
    """Trains, keeps the best weights, and lowers the learning rate when there is no progress."""

    def __init__(self, model, data, epochs, out="best"):
        self.model = model
        self.data = data
        self.epochs = epochs
        self.optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
        self.best_accuracy = -1.0
        self.bad_epochs = 0
        self.out = Path(out)
        self.out.mkdir(exist_ok=True)

    def batches(self, split, size, shuffle):
        x, y = self.data[split]
        order = torch.randperm(len(x)) if shuffle else torch.arange(len(x))
        for pick in order.split(size):
            yield x[pick], y[pick]

    def train_epoch(self):
        self.model.train()
        for x, y in self.batches("train", 32, shuffle=True):
            self.optimizer.zero_grad()
            F.cross_entropy(self.model(x), y).backward()
            self.optimizer.step()

    @torch.no_grad()
    def evaluate(self, split):
        self.model.eval()
        hits = [(self.model(x).argmax(1) == y).float() for x, y in self.batches(split, 256, False)]
        return {"accuracy": torch.cat(hits).mean().item()}

    def after_epoch(self, metrics):
        if metrics["accuracy"] > self.best_accuracy:
            self.best_accuracy = metrics["accuracy"]
            torch.save(self.model.state_dict(), self.out / "model.pt")
        else:
            self.bad_epochs += 1
            if self.bad_epochs % 5 == 0:
                for group in self.optimizer.param_groups:
                    group["lr"] *= 0.5
                log.info("no progress, halving the learning rate")

    def fit(self):
        for epoch in range(self.epochs):
            self.train_epoch()
            metrics = self.evaluate("val")
            log.info("epoch %d: %s", epoch, metrics)
            self.after_epoch(metrics)
        self.model.load_state_dict(torch.load(self.out / "model.pt"))
        log.info("test: %s", self.evaluate("test"))


def spirals(n):
    y = torch.randint(0, 3, (n,))
    r = torch.rand(n)
    angle = 4 * r + y * 2.1 + 0.15 * torch.randn(n)
    return torch.stack([r * angle.cos(), r * angle.sin()], 1), y


torch.manual_seed(2)
data = {"train": spirals(16000), "val": spirals(2000), "test": spirals(2000)}
net = nn.Sequential(nn.Linear(2, 128), nn.SiLU(), nn.Linear(128, 128), nn.SiLU(), nn.Linear(128, 3))
Trainer(net, data, epochs=500).fit()
