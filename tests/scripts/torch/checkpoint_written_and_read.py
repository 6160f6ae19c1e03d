"""Checkpoints by torch.save, the best one kept, read back in the middle, and old ones deleted."""

import os

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)
model = nn.Linear(4, 2)
optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
best, saved = float("inf"), []


def save(step, loss):
    path = f"step{step}.pt"
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step, "loss": loss}, path)
    saved.append(path)
    while len(saved) > 2:
        os.remove(saved.pop(0))
    print("saved", path, sorted(os.listdir(".")))


for step in range(8):
    x = torch.randn(8, 4)
    loss = (model(x) - x[:, :2]).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if loss.item() < best:
        best = loss.item()
        save(step, best)
    if step == 5:
        checkpoint = torch.load(saved[-1])
        model.load_state_dict(checkpoint["model"])
        optimizer.load_state_dict(checkpoint["optimizer"])
        print("read", checkpoint["step"], checkpoint["loss"] == best)
    print(step, loss.item(), best, model.weight.sum().item())
restored = nn.Linear(4, 2)
restored.load_state_dict(torch.load(saved[-1])["model"])
print(restored.weight.sum().item(), sorted(os.listdir(".")))
