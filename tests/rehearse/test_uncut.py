"""Training in the loops of packages."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest
import rehearsing

from midrun.rehearse import uncut
from midrun.rehearse.fault import Fault
from midrun.rehearse.uncut import Uncut

LIBRARY = """
class Progress:
    steps = 0

    def moved(self):
        self.steps += 1


class Trainer:
    def __init__(self, most):
        self.progress, self.most = Progress(), most

    @property
    def done(self):
        return self.progress.steps >= self.most

    def fit(self, step, every, callback):
        while not self.done:
            step()
            self.progress.moved()
            if self.progress.steps % every == 0:
                callback(self.progress.steps)
"""
SCRIPT = """
import torch
from fitting import Trainer

model = torch.nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)


def step():
    optimizer.zero_grad()
    model(torch.randn(8, 4)).square().mean().backward()
    optimizer.step()


def evaluate(steps):
    print("evaluated", steps)
    if steps == 60_000:
        print(undefined)


trainer = Trainer(90_000)
trainer.fit(step, 20_000, evaluate)
print("trained", trainer.progress.steps)
"""


class Visitor(ast.NodeVisitor):
    """Called by a library."""

    def __init__(self, watched: Uncut) -> None:
        self.watched = watched

    def visit_Name(self, node: ast.Name) -> None:
        self.watched.loss()


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[Fault]:
    monkeypatch.setattr(uncut, "_SECONDS", 0.0)
    monkeypatch.setattr(uncut, "_PASSES", 3)
    return []


def test_training_in_the_loop_of_a_package_is_told(found: list[Fault]) -> None:
    watched = Uncut(lambda: False, lambda file: file == __file__, found.append)
    for _ in range(3):
        Visitor(watched).visit(ast.Name("x"))
    (fault,) = found
    assert (fault.rule, fault.file) == ("not-cut", __file__)
    assert fault.message.startswith("ast trains in a loop of it, ")


def test_training_in_loops_that_are_cut_is_not(found: list[Fault]) -> None:
    watched = Uncut(lambda: True, lambda file: file == __file__, found.append)
    for _ in range(5):
        Visitor(watched).visit(ast.Name("x"))
    assert found == []


def test_the_loops_of_a_package_that_is_named_are_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch")
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "fitting.py").write_text(LIBRARY)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(
        [str(tmp_path / "library"), os.environ.get("PYTHONPATH", "")]
    ))  # fmt: skip
    project = tmp_path / "project"
    project.mkdir()
    (project / ".git").mkdir()
    (project / "train.py").write_text(SCRIPT)
    report, _ = rehearsing.rehearse(
        project, "--through", "fitting", "--keep", "kept", "--no-data", "train.py"
    )
    printed = (project / "kept" / "printed-first.txt").read_text().splitlines()
    assert printed[0] == "evaluated 20000"
    (fault,) = report["faults"]
    assert (fault["rule"], fault["line"]) == ("crash", 18)
    assert Path(fault["file"]).name == "train.py"
    assert all(Path(file).name == "train.py" for file, *_ in report["never_ran"])
