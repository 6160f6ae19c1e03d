import os
import torch
import torch.nn as nn
import numpy as np

rng = np.random.default_rng(5)
torch.manual_seed(5)

# sine waves of random phase, the next value to be predicted
def waves(n, length=25):
    phase = rng.uniform(0, 2 * np.pi, (n, 1))
    t = np.arange(length + 1)[None, :] * 0.3
    w = np.sin(t + phase) + rng.normal(0, 0.05, (n, length + 1))
    w = torch.tensor(w, dtype=torch.float32)
    return w[:, :-1, None], w[:, 1:, None]

class Forecaster(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(1, 48, batch_first=True)
        self.out = nn.Linear(48, 1)
    def forward(self, x):
        h, _ = self.lstm(x)
        return self.out(h)

model = Forecaster()
optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-3)
mse = nn.MSELoss()
history = {"train": [], "val": []}
val_x, val_y = waves(256)
start = 0

if os.path.exists("forecaster.pt"):
    ckpt = torch.load("forecaster.pt", weights_only=False)
    model.load_state_dict(ckpt["model"])
    optimizer.load_state_dict(ckpt["optimizer"])
    history = ckpt["history"]
    rng.bit_generator.state = ckpt["rng"]
    val_x, val_y = ckpt["validation"]
    start = ckpt["epoch"] + 1

for epoch in range(start, 500):
    model.train()
    total = 0
    for i in range(250):
        x, y = waves(16)
        optimizer.zero_grad()
        loss = mse(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item()
    history["train"].append(total / (i + 1))

    model.eval()
    with torch.no_grad():
        history["val"].append(mse(model(val_x), val_y).item())
    print(epoch, history["train"][-1], history["val"][-1])

    if (epoch + 1) % 10 == 0:
        torch.save({
            "epoch": epoch,
            "model": model.state_dict(),
            "optimizer": optimizer.state_dict(),
            "history": history,
            "rng": rng.bit_generator.state,
            "validation": (val_x, val_y),
            "val_loss": history["val_loss"][-1],  # fault
        }, "forecaster.pt")
