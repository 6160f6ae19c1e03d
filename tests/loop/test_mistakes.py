"""Three mistakes in a row, mended under `midrun watch`: the first epoch is trained once, and the
result is that of the correct script."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

PLAIN = """\
import random


def train(weights):
    with open("epochs.txt", "a") as file:
        file.write("an epoch\\n")
    for step in range(400):
        index = random.randrange(len(weights))
        weights[index] += random.gauss(0, 1)
    return weights


def evaluate(weights):
    return sum(weigths)


def head(weights):
    return [weights[row][0] for row in range(3)]


def write(weights):
    with open("no/such/folder/weights.txt", "w") as file:
        file.write(repr(weights))


random.seed(3)
weights = [0.0] * 20
for epoch in range(2):
    weights = train(weights)
    print("sum", evaluate(weights))
    print("head", head(weights))
    write(weights)
"""
PLAIN_MENDED = (
    ("sum(weigths)", "sum(weights)"),
    ("weights[row][0]", "weights[row]"),
    ("no/such/folder/weights.txt", "weights.txt"),
)

TORCH = """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def train(model, loader, optimizer):
    with open("epochs.txt", "a") as file:
        file.write("an epoch\\n")
    for x, y in loader:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()


def evaluate(model, x, y):
    return (model(x).argmax(1) == lables).float().mean().item()


def head(model, x):
    return nn.Linear(9, 2)(model[:2](x)).sum().item()


def write(model):
    torch.save(model.state_dict(), "no/such/folder/weights.pt")


torch.set_num_threads(1)
torch.manual_seed(3)
x, y = torch.randn(100, 4), torch.randint(0, 3, (100,))
model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Dropout(0.2), nn.Linear(8, 3))
optimizer = torch.optim.Adam(model.parameters())
loader = DataLoader(TensorDataset(x, y), batch_size=10, shuffle=True)
for epoch in range(2):
    train(model, loader, optimizer)
    print("right", evaluate(model, x, y))
    print("head", head(model, x))
    write(model)
print("weights", sum(p.double().sum().item() for p in model.parameters()))
"""
TORCH_MENDED = (
    ("lables", "y"),
    ("nn.Linear(9, 2)", "nn.Linear(8, 2)"),
    ("no/such/folder/weights.pt", "weights.pt"),
)
needs_torch = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="needs torch")


@pytest.mark.parametrize(
    ("script", "mended"),
    [(PLAIN, PLAIN_MENDED), pytest.param(TORCH, TORCH_MENDED, marks=needs_torch)],
    ids=["plain", "torch"],
)
def test_three_mistakes_are_mended_and_the_first_epoch_is_trained_once(
    watch, edit, project: Path, script: str, mended: tuple[tuple[str, str], ...]
) -> None:
    (project / "train.py").write_text(script)
    after_the_epoch = 1 + script[: script.index("print(")].count("\n")
    session = watch("--at", f"train.py:{after_the_epoch}", "train.py")
    for error, (mistake, cure) in zip(("NameError", "Error", "Error"), mended, strict=True):
        assert error in session.wait_for()
        edit("train.py", mistake, cure)
    assert session.end() == 0
    assert "a cold start" not in session.shown
    assert (project / "epochs.txt").read_text() == "an epoch\n" * 2

    expected = correct(project)
    assert session.shown.splitlines()[-len(expected) :] == expected


def correct(project: Path) -> list[str]:
    """What the script prints in its second epoch when nothing interrupts it."""
    ran = subprocess.run(
        [sys.executable, "train.py"], cwd=project, capture_output=True, text=True, check=True
    )
    return ran.stdout.splitlines()[2:]
