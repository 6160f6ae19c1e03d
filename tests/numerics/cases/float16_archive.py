"""Features archived as float16 by NumPy to save disk space: one file's values pass 65504 and come
back as inf in the batch, before any operation of the model. From feature-extraction pipelines;
float32 (or scaling) at writing, or clamping at reading, cures it."""

import numpy as np
import torch
from torch import nn

torch.manual_seed(11)
torch.set_num_threads(1)

rng = np.random.default_rng(0)
energy = rng.gamma(2.0, 800.0, size=(900, 10))
energy[365, 7] = 81000.0
with np.errstate(over="ignore"):
    np.save("features.npy", energy.astype(np.float16))
archive = np.load("features.npy")
target = torch.tensor(np.log(energy.sum(1)), dtype=torch.float32)


class Regressor(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, x):
        return self.net(x / 1000).squeeze(1)


model = Regressor()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
for epoch in range(3):
    for start in range(0, 900, 30):
        x = torch.from_numpy(archive[start : start + 30].astype(np.float32))
        output = model(x)  # BLAME bad-input data
        loss = nn.functional.l1_loss(output, target[start : start + 30])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
