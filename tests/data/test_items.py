"""Datasets of the user's, named as FILE.py:NAME."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from midrun.data.items import Target, check_items, show_item, target_of
from midrun.data.leaves import Leaf, show
from midrun.data.show import show_file
from midrun.errors import MidrunError
from midrun.report.item import png

PROGRAM = """\
import os
import numpy as np
from settings import LENGTH


class Numbers:
    def __init__(self, seed=0):
        self.x = np.random.default_rng(seed).normal(size=(LENGTH, 4))

    def __len__(self):
        return LENGTH

    def __getitem__(self, n):
        return self.x[n], n % 3


class Broken(Numbers):
    def __getitem__(self, n):
        x, y = super().__getitem__(n)
        if n == 3:
            x[1] = np.nan
        if n == 5:
            raise ValueError("no such picture")
        if n == 7:
            os.abort()
        return x, 99 if n == 9 else y


def splits():
    return {"train": Numbers(0), "test": Numbers(1), "val": Numbers(0)}


def stream():
    return (x for x, _ in zip(Numbers().x, range(300)))


def endless():
    open("started", "w").close()
    import time

    class Slow(Numbers):
        def __getitem__(self, n):
            time.sleep(60)

    return Slow()


def needy(root, train):
    return Numbers()


def failing():
    return Numbers()[1000]


answer = 42
"""


@pytest.fixture
def target(folder, monkeypatch):
    """target("Numbers") names it in a program that has a module beside it."""
    (folder / "pyproject.toml").touch()
    (folder / "train.py").write_text(PROGRAM)
    (folder / "settings.py").write_text("LENGTH = 30")
    monkeypatch.chdir(folder)
    return lambda name: Target(str(folder / "train.py"), name)


def test_all_items_are_read(target):
    report = check_items(target("Numbers"), workers=2)
    assert report.findings == []
    [split] = report.splits
    assert (split.items, split.classes) == (30, {"0": 10, "1": 10, "2": 10})


def test_items_that_are_wrong_are_told_by_their_number(target):
    report = check_items(target("Broken"), workers=2)
    found = {(finding.rule, finding.where) for finding in report.findings}
    assert found == {
        ("nan", "item 3, [0]"), ("item-error", "item 5"), ("item-error", "item 7"),
        ("label-range", "item 9"),
    }  # fmt: skip
    messages = [f.message for f in report.findings if f.rule == "item-error"]
    assert messages == [
        "ValueError: no such picture, at train.py:23 in __getitem__",
        "the process that read it ended with SIGABRT",
    ]
    assert report.bad_items == ["3", "5", "7"]


def test_parts_are_compared(target):
    report = check_items(target("splits"), workers=1)
    assert [split.name for split in report.splits] == ["train", "test", "val"]
    [finding] = report.findings
    assert (finding.rule, finding.where) == ("leak", "val item 0")
    assert finding.message == "30 of 30 items of val are in train too"


def test_what_can_only_be_read_from_the_start(target):
    (Path("settings.py")).write_text("LENGTH = 600")
    report = check_items(target("stream"), workers=1)
    assert (report.findings, report.splits[0].items) == ([], 300)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("needy", "needy needs root, train; name a function that takes no arguments"),
        ("answer", "answer is neither a Dataset nor a function, but a int"),
        ("missing", "train.py has no missing; it has os, np, LENGTH, Numbers"),
        ("failing", "IndexError: index 1000 is out of bounds"),
    ],
)
def test_what_is_no_dataset_is_told(target, name, said):
    with pytest.raises(MidrunError) as told:
        check_items(target(name), workers=1)
    assert said in str(told.value)
    assert told.value.slug == "no-dataset"


def test_a_target_is_told_from_paths(target):
    assert target_of(("train.py:Numbers",)) == target("Numbers")
    assert target_of(("data", "other")) is None
    with pytest.raises(MidrunError, match=r"there is no file gone\.py"):
        target_of(("gone.py:Numbers",))
    with pytest.raises(MidrunError, match=r"name the Dataset in it, as train\.py:NAME"):
        target_of(("train.py",))
    with pytest.raises(MidrunError, match="looked at alone"):
        target_of(("train.py:Numbers", "data"))


def test_an_item_is_shown(target):
    first, second = show_item(target("Numbers"), 4)
    assert (first.name, first.what, second.text) == ("[0]", "array float64 (4,)", "1")
    assert {"min", "max", "mean", "std", "zeros", "nan", "inf"} == set(first.facts)
    with pytest.raises(MidrunError, match="has 30 items; the last is 29"):
        show_item(target("Numbers"), 30)


def test_pictures_are_shown_in_their_colours():
    np = pytest.importorskip("numpy")
    array = np.zeros((3, 5, 7), np.float32)
    array[0] = 1
    shown = show(Leaf("", "", array, array)).picture
    assert (shown.width, shown.height, shown.rgb) == (7, 5, b"\xff\0\0" * 35)
    images = pytest.importorskip("PIL.Image")
    import io

    read = images.open(io.BytesIO(png(shown)))
    assert (read.size, read.tobytes()) == ((7, 5), shown.rgb)


def test_lines_of_a_file_are_shown(folder):
    (folder / "x.csv").write_text("a,b\n1,2\n")
    assert show_file((str(folder / "x.csv"),), 1)[1].text == "'1,2'"
    with pytest.raises(MidrunError, match="has no item 2"):
        show_file((str(folder / "x.csv"),), 2)


@pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="needs Linux")
def test_ctrl_c_ends_all_processes(target):
    command = [sys.executable, "-m", "midrun", "data", "train.py:endless", "--workers", "2"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    target("endless")
    while not os.path.exists("started"):
        time.sleep(0.02)
    readers = _below(process.pid)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert (process.returncode, said.strip()) == (-signal.SIGINT, b"")
    assert readers
    assert not [pid for pid in readers if os.path.exists(f"/proc/{pid}")]


def _below(pid: int) -> list[int]:
    """The processes that a process has started."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in children.read_text().split()]
