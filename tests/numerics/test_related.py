"""Where an optimizer was made, and where a batch comes from, by the source."""

from __future__ import annotations

import sys
import types

import pytest

from midrun.numerics.finding import Line
from midrun.numerics.related import batch_loop, construction

TRAIN = """\
import torch
class Trainer:
    def __init__(self, model):
        self.head = torch.optim.SGD(model.head.parameters(), lr=1.0)
        self.body = torch.optim.Adam(
            model.body.parameters(), lr=1e-3)
    def fit(self, loader):
        for epoch in range(9):
            for x, y in loader:
                for turn in range(2):
                    self.head.step()
        first, second = torch.optim.SGD([]), None
"""


@pytest.fixture
def program(tmp_path, monkeypatch):
    """A function that loads a program of this text, and gives its file."""

    def load(text: str) -> str:
        file = tmp_path / "train.py"
        file.write_text(text)
        module = types.ModuleType("program")
        module.__file__ = str(file)
        monkeypatch.setitem(sys.modules, "program", module)
        return str(file)

    return load


def made(file: str, kind: str, step: str) -> Line | None:
    return construction(kind, Line(file, 1, "fit", step), lambda other: other == file)


def test_the_only_optimizer_of_a_class_was_made_there(program):
    file = program(TRAIN)
    line = made(file, "Adam", "whatever.step()")
    assert (line.line, line.function) == (5, "Trainer.__init__")
    assert line.text == "        self.body = torch.optim.Adam("


def test_of_several_the_one_with_the_name_in_the_step(program):
    file = program(TRAIN)
    assert made(file, "SGD", "self.head.step()").line == 4
    assert made(file, "SGD", "scaler.step(self.head)").line == 4


def test_nothing_is_said_where_it_is_not_clear(program):
    file = program(TRAIN)
    assert made(file, "SGD", "optimizer.step()") is None
    assert made(file, "Adagrad", "self.head.step()") is None


def test_a_file_that_cannot_be_parsed_says_nothing(program):
    assert made(program("def f(:\n"), "Adam", "self.body.step()") is None


def test_a_batch_comes_from_the_loop_over_something_else_than_numbers(program):
    file = program(TRAIN)
    assert batch_loop(file, 11).line == 9
    assert batch_loop(file, 12) is None
