from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

EPOCHS = 400
STEPS = 500
LAST = Path("last.ckpt")


class Experiment:
    def __init__(self):
        self.model = nn.Sequential(
            nn.Linear(15, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 8)
        )
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.1, momentum=0.9)
        self.scheduler = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer, lambda step: max(0.01, 1 - step / (EPOCHS * STEPS))
        )
        self.centres = torch.randn(8, 15, generator=torch.Generator().manual_seed(8))
        self.epoch = 0

    def save(self):
        torch.save(  # fault
            {
                "epoch": self.epoch,
                "model": self.model.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "rng": torch.get_rng_state(),
            },
            LAST,
        )

    def restore(self):
        state = torch.load(LAST)
        self.epoch = state["epoch"]
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])  # fault
        torch.set_rng_state(state["rng"])

    def training_step(self):
        y = torch.randint(0, 8, (32,))
        x = self.centres[y] + torch.randn(32, 15)
        loss = F.cross_entropy(self.model(x), y)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.scheduler.step()
        return loss.item()

    def run(self):
        if LAST.exists():
            self.restore()  # fault
        while self.epoch < EPOCHS:
            mean = sum(self.training_step() for _ in range(STEPS)) / STEPS
            self.epoch += 1
            print(f"epoch {self.epoch} loss {mean:.4f} lr {self.scheduler.get_last_lr()[0]:.4f}")
            self.save()


if __name__ == "__main__":
    torch.manual_seed(0)
    Experiment().run()
