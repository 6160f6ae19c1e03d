"""The list of edits since a savepoint, told from its manifest and the sources alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from midrun.errors import MidrunError
from midrun.run.stale import StaleEdit, stale_edits, strict_choice, told
from midrun.store import Savepoint, Store

SCRIPT = dedent("""
    import math
    LR = 0.1

    class Net:
        depth = 3

        def forward(self, x):
            return x * self.depth

        def unused(self):
            return 1

    def augment(x):
        return x + 1

    def evaluate(net):
        return net.forward(1)

    def step(net, i):
        y = net.forward(i)
        if y < 0:
            print("negative")
        return augment(y)

    def train(net):
        total = 0
        for epoch in range(2):
            for i in range(3):
                total += step(net, i)
            print("epoch", epoch, total)
            score = evaluate(net)
            print("score", score)
        return total

    def main():
        net = Net()
        total = train(net)
        print("total", total)

    if __name__ == "__main__":
        main()
""").lstrip()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with two savepoints: before the first step and before the first evaluation."""
    folder = tmp_path_factory.mktemp("stale")
    (folder / "a.py").write_text(SCRIPT)
    lines = _line("total = 0"), _line("score = evaluate")
    places = [word for line in lines for word in ("--at", f"a.py:{line}")]
    subprocess.run(
        [sys.executable, "-m", "midrun", "run", *places, "a.py"],
        cwd=folder,
        env={**os.environ, "MIDRUN_KEY_FILE": str(folder / "key")},
        check=True,
        capture_output=True,
    )
    return folder


def _line(text: str) -> int:
    return next(n for n, line in enumerate(SCRIPT.splitlines(), 1) if text in line)


def _savepoints(folder: Path) -> list[Savepoint]:
    (run,) = Store(folder / ".midrun").runs()
    found = run.savepoints()
    return [
        next(s for s in found if name in s.manifest["reason"])
        for name in (f"a.py:{_line('total = 0')}", f"a.py:{_line('score = evaluate')}")
    ]


def _edits(folder: Path, *replaced: tuple[str, str]) -> list[StaleEdit]:
    """The edits since the second savepoint, were the script edited so."""
    text = SCRIPT
    for old, new in replaced:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return stale_edits(_savepoints(folder)[1], lambda path: text)


def test_nothing_was_edited(folder: Path) -> None:
    assert stale_edits(_savepoints(folder)[1]) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "message", "stale"),
    [
        ("net.forward(1)", "net.forward(2)", "MR001", "evaluate(): changed, had not run", False),
        (
            "return x + 1",
            "return x + 2",
            "MR002",
            "augment(): changed, ran before this savepoint: its past effects are the old ones",
            True,
        ),
        (
            'print("negative")',
            'print("minus")',
            "MR001",
            "step(): changed where it had not run",
            False,
        ),
        (
            "total = 0",
            "total = 1",
            "MR003",
            "train(): changed where it had run, at line 26: not run again",
            True,
        ),
        (
            "score = evaluate(net)",
            "score = evaluate(net) + 1",
            "MR004",
            "train(): changed after the position",
            False,
        ),
        (
            'print("score", score)',
            'print("the score", score)',
            "MR004",
            "train(): changed after the position",
            False,
        ),
        ('print("total", total)', "pass", "MR004", "main(): changed after the position", False),
        (
            "net = Net()",
            "net = Net() or 1",
            "MR003",
            "main(): changed where it had run, at line 36: not run again",
            True,
        ),
        ("LR = 0.1", "LR = 0.2", "MR006", "changed, run again now: LR = 0.2", True),
        ("import math", "import math\nimport sys", "MR006", "new, run now: import sys", False),
        ("import math\n", "", "MR008", "deleted: import math", False),
        ("depth = 3", "depth = 4", "MR010", "class Net: changed: depth", True),
        ("return 1\n", "return 2\n", "MR001", "Net.unused(): changed, had not run", False),
        (
            "return x * self.depth",
            "return x * 2",
            "MR002",
            "Net.forward(): changed, ran before this savepoint: its past effects are the old ones",
            True,
        ),
        (
            "        def unused(self):\n        return 1\n".replace("        def", "    def"),
            "",
            "MR010",
            "class Net: deleted: unused",
            False,
        ),
        (
            "def augment(x):\n    return x + 1\n\n",
            "",
            "MR008",
            "deleted: def augment",
            True,
        ),
        (
            "def main",
            "def helper():\n    pass\n\ndef main",
            "MR006",
            "new, run now: def helper",
            False,
        ),
        (
            "range(2)",
            "enumerate(range(2))",
            "MR005",
            "the header of the loop under way changed: its old iterator goes on",
            True,
        ),
        (
            "total = train(net)",
            "total = train(net, 3)",
            "MR005",
            "the arguments of train() changed: the call under way has the old ones",
            True,
        ),
    ],
)
def test_each_kind(folder: Path, old: str, new: str, code: str, message: str, stale: bool) -> None:
    edits = [e for e in _edits(folder, (old, new)) if e.code != "MR004" or code == "MR004"]
    assert [(e.code, e.message, e.stale) for e in edits] == [(code, message, stale)]


def test_a_moved_function_is_no_edit(folder: Path) -> None:
    augment = "def augment(x):\n    return x + 1\n\n"
    assert _edits(folder, (augment, ""), ("def main", f"{augment}def main")) == []


def test_a_range_is_no_stale_header(folder: Path) -> None:
    assert [e for e in _edits(folder, ("range(2)", "range(4)")) if e.stale] == []


def test_earlier_rounds(folder: Path) -> None:
    """In the second round of a loop, nothing says whether a plain statement had run."""
    (edit,) = _edits(folder, ('print("epoch", epoch, total)', "pass"))
    assert edit.stale
    assert edit.message.startswith("train(): changed where it had run, at line ")


def test_a_deleted_loop_under_way(folder: Path) -> None:
    edits = _edits(folder, ("for epoch in range(2)", "while total"))
    assert "MR011" in {edit.code for edit in edits}
    assert all(edit.stale for edit in edits if edit.code == "MR011")


def test_a_deleted_file(folder: Path) -> None:
    (edit,) = stale_edits(_savepoints(folder)[1], lambda path: None)
    assert (edit.code, edit.name, edit.stale) == ("MR009", "a.py", True)


def test_the_strict_choice(folder: Path) -> None:
    path = folder / "a.py"
    store = Store(folder / ".midrun")
    (run,) = store.runs()
    first, second = _savepoints(folder)
    try:
        path.write_text(SCRIPT.replace("net.forward(1)", "net.forward(2)"))
        assert strict_choice(store.savepoint(run.id)).number >= second.number
        path.write_text(SCRIPT.replace("return x + 1", "return x + 2"))
        chosen = strict_choice(store.savepoint(run.id))
        assert first.number <= chosen.number < second.number
        path.write_text(SCRIPT.replace("net = Net()", "net = Net() or 1"))
        with pytest.raises(MidrunError, match=r"every savepoint up to .* main\(\): changed"):
            strict_choice(store.savepoint(run.id))
    finally:
        path.write_text(SCRIPT)


def test_what_is_told_is_cut_and_told_once() -> None:
    edits = [StaleEdit("MR001", "a.py", n, "x", "x", False, False) for n in range(11)]
    lines = told(edits, ["a.py:0: x"])
    assert len(lines) == 11
    assert lines[0] == "a.py:0: x"
    assert lines[-1] == "and 1 more edit: midrun show"
    assert told(edits[:2], ["a.py:1: x", "other"]) == ["a.py:0: x", "a.py:1: x", "other"]
