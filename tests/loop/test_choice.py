"""Which savepoint a retry starts from."""

from __future__ import annotations

from pathlib import Path

import pytest

from midrun.loop.choice import candidates, choose
from midrun.store import Run, Store

SCRIPT = "first = 1\nsecond = 2\nthird = 3\n"


@pytest.fixture
def script(project: Path) -> Path:
    path = project / "train.py"
    path.write_text(SCRIPT)
    return path


def make_run(script: Path, *lines: int, parent: str | None = None, **status: object) -> Run:
    """A run of `script` with a savepoint before each of these lines, the n-th after n backward
    passes."""
    run = Store(script.parent / ".midrun").new_run({"roots": [str(script.parent)]}, parent=parent)
    for number, line in enumerate(lines, 1):
        frame = {"file": str(script), "line": line, "function": "<module>", "text": ""}
        draft = run.draft()
        manifest = {
            "position": frame,
            "stack": [frame],
            "reason": "now and then",
            "elapsed": 1.0,
            "seen": {},
            "sources": {str(script): run.keep_source(SCRIPT)},
            "training": {"backwards": number, "steps": number},
        }
        draft.finish(b"", manifest).wait(10)
    run.update(**status)
    run.close()
    return run


def names(run: Run) -> list[str]:
    return [savepoint.spec.removeprefix(run.id) for savepoint in candidates(run)]


def test_the_newest_without_an_edit(script):
    run = make_run(script, 2, 3)
    assert choose(run).savepoint.number == 2


def test_the_newest_before_the_edit(script):
    run = make_run(script, 2, 3)
    script.write_text(SCRIPT.replace("second = 2", "second = 22"))
    choice = choose(run)
    assert choice.savepoint.number == 1
    assert choice.blamed.line == 2


def test_from_the_start_if_all_are_stale(script):
    run = make_run(script, 2, 3)
    script.write_text(SCRIPT.replace("first = 1", "first = 11"))
    choice = choose(run)
    assert choice.savepoint is None
    assert choice.blamed.line == 1


def test_a_run_without_any_goes_on_from_the_one_that_it_continues(script):
    first = make_run(script, 2, 3)
    second = make_run(script, parent=f"{first.id}:1")
    assert [savepoint.spec for savepoint in candidates(second)] == [f"{first.id}:1"]


def test_without_a_run_there_is_none(script):
    assert choose(None).savepoint is None
    assert choose(make_run(script)).savepoint is None


@pytest.mark.parametrize(("status", "left"), [("stopped", [":1"]), ("crashed", [":2", ":1"])])
def test_after_a_stop_for_a_nan_only_those_before_it(script, status, left):
    run = make_run(script, 2, 3, status=status)
    count = {"backwards": 1, "steps": 1}
    run.log(
        {
            "event": "nan", "what": "loss", "value": "nan", "count": count | {"backwards": 2},
            "clean": count, "file": str(script), "line": 2, "history": [],
        }
    )  # fmt: skip
    assert names(run) == left
