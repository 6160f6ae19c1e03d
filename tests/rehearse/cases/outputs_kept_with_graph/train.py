import numpy as np
import torch
import torch.nn as nn


class Meter:
    """Collects outputs and targets; their correlation is computed now and then."""

    def __init__(self):
        self.outputs, self.targets = [], []

    def update(self, output, target):
        self.outputs.append(output)  # fault
        self.targets.append(target)

    def compute(self):
        a = np.concatenate([o.detach().numpy() for o in self.outputs])
        b = np.concatenate([t.numpy() for t in self.targets])
        self.outputs.clear()
        self.targets.clear()
        return float(np.corrcoef(a, b)[0, 1])


class Trainer:
    def __init__(self, max_steps=160_000, log_every=2_000, batch=32):
        self.max_steps, self.log_every, self.batch = max_steps, log_every, batch
        self.net = nn.Sequential(
            nn.Linear(16, 256), nn.Tanh(), nn.Linear(256, 256), nn.Tanh(), nn.Linear(256, 1)
        )
        self.opt = torch.optim.Adam(self.net.parameters(), lr=1e-3)
        self.meter = Meter()
        self.global_step = 0

    def step(self):
        x = torch.rand(self.batch, 16)
        target = (x[:, 0] - x[:, 1]) * x[:, 2]
        output = self.net(x).squeeze(1)
        loss = (output - target).pow(2).mean()
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()
        self.meter.update(output, target)  # fault
        self.global_step += 1

    def run(self):
        while self.global_step < self.max_steps:
            self.step()
            if self.global_step % self.log_every == 0:
                print(f"step {self.global_step} correlation {self.meter.compute():.4f}")


torch.manual_seed(10)
Trainer().run()
