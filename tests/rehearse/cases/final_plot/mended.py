from pathlib import Path

import torch
import torch.nn as nn
import torch.nn.functional as F
from PIL import Image, ImageDraw
from torch.utils.data import DataLoader, TensorDataset

EPOCHS = 400
OUT = Path("figures")
OUT.mkdir(exist_ok=True)
torch.manual_seed(4)


def plot(curves, path, width=640, ratio=16 / 9):
    height = int(width / ratio)
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    top = max(max(values) for values in curves.values())
    for colour, values in zip(("navy", "firebrick"), curves.values()):
        xs = [20 + (width - 40) * i / (len(values) - 1) for i in range(len(values))]
        ys = [height - 20 - (height - 40) * v / top for v in values]
        draw.line(list(zip(xs, ys)), fill=colour, width=2)
    image.save(path)


x = torch.randn(9000, 20)
y = (x[:, 0] * x[:, 1] > 0).long() + (x[:, 2] > 0.5).long()
cut = int(0.8 * len(x))
train_dl = DataLoader(TensorDataset(x[:cut], y[:cut]), batch_size=20, shuffle=True)
valid_dl = DataLoader(TensorDataset(x[cut:], y[cut:]), batch_size=200)

net = nn.Sequential(nn.Linear(20, 192), nn.ReLU(), nn.Linear(192, 192), nn.ReLU(), nn.Linear(192, 3))
opt = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=0.01)
curves = {"train": [], "valid": []}
for epoch in range(EPOCHS):
    net.train()
    losses = []
    for xb, yb in train_dl:
        loss = F.cross_entropy(net(xb), yb)
        opt.zero_grad()
        loss.backward()
        opt.step()
        losses.append(loss.item())
    curves["train"].append(sum(losses) / len(losses))
    net.eval()
    with torch.no_grad():
        losses = [F.cross_entropy(net(xb), yb).item() for xb, yb in valid_dl]
    curves["valid"].append(sum(losses) / len(losses))
    print(f"{epoch:3d} {curves['train'][-1]:.4f} {curves['valid'][-1]:.4f}")

plot(curves, OUT / "loss.png")
