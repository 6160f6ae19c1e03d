"""`midrun grads`, and what it marks."""

from __future__ import annotations

import json

import pytest

from midrun.numerics.finding import Row
from midrun.numerics.gradients import marks


def rows(**series):
    length = len(next(iter(series.values())))
    return [Row(n, None, {k: v[n] for k, v in series.items()}) for n in range(length)]


def test_components_that_are_odd_are_marked():
    found = marks(rows(
        fine=[1.0, 2.0, 1.5], dead=[0.0, 0.0, 0.0], gone=[1e-9, 2e-9, 1e-9],
        growing=[1.0, 100.0, 5000.0], bad=[1.0, 1.0, float("nan")],
    ))  # fmt: skip
    assert found == {
        "dead": "dead", "gone": "vanishing", "growing": "exploding", "bad": "exploding",
    }  # fmt: skip


TRAIN = """
    import torch
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = nn.Linear(4, 8)
            self.unused = nn.Linear(8, 1)
            self.head = nn.Linear(8, 1)

        def forward(self, x):
            h = self.body(x).tanh()
            return self.head(h) + 0 * self.unused(h)

    torch.manual_seed(0)
    net = Net()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
    for step in range(30):
        loss = (net(torch.randn(16, 4)) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""


def test_gradients_of_a_finished_run(project):
    pytest.importorskip("torch")
    project.write(TRAIN)
    line = project.line("loss = ")
    project.midrun("run", "--budget", "0", "--at", f"train.py:{line}#5", "train.py")
    done = project.midrun("grads", "--steps", "10", "--every", "2", "--json")
    found = json.loads(done.stdout)
    assert [row["backward"] for row in found["rows"]] == [5, 7, 9, 11, 13]
    assert set(found["rows"][0]["gradients"]) == {"body", "unused", "head"}
    assert found["marks"] == {"unused": "dead"}
    shown = project.midrun("grads", "--steps", "3").stdout
    assert "|grad body|" in shown
    assert "dead: unused" in shown


def test_a_run_that_is_past_its_training(project):
    pytest.importorskip("torch")
    project.write(TRAIN + "    print('over')\n")
    line = project.line("print('over')")
    project.midrun("run", "--budget", "0", "--at", f"train.py:{line}", "train.py")
    said = project.midrun("grads")
    assert said.returncode == 2
    assert "no step was taken after" in said.stderr


PARTS = """
    import torch
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = nn.Linear(4, 4)

        def forward(self, x):
            return self.body(x)

    class Encoder(Net):
        pass

    encoder, one, two = Encoder(), Net(), Net()
    parts = [encoder, one, two]
    optimizer = torch.optim.SGD([p for part in parts for p in part.parameters()], lr=0.05)
    criterion = nn.MSELoss()
    for step in range(10):
        h = encoder(torch.randn(16, 4))
        loss = criterion(one(h), h) + criterion(two(h), h)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""


def test_models_that_the_program_calls_by_turns_are_told_apart(project):
    pytest.importorskip("torch")
    project.write(PARTS)
    project.midrun("run", "--at", f"train.py:{project.line('h = encoder')}#2", "train.py")
    done = project.midrun("grads", "--steps", "2", "--json")
    (_, row) = json.loads(done.stdout)["rows"]
    assert set(row["gradients"]) == {"Encoder.body", "Net 1.body", "Net 2.body"}
    assert {"Encoder.body", "Net 1.body", "Net 2.body"} <= set(row["largest"])
