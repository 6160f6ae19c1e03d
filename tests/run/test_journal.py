"""What a run logs without being told."""

from __future__ import annotations

import json
import sys

import pytest

from midrun.run import journal
from midrun.run.journal import Series
from midrun.source.loops import loops
from midrun.source.module import Source

TRAINING = """\
import time

def train(epochs, lr):
    for epoch in range(epochs):
        total = 0.0
        for step in range(3):
            time.sleep(0.001)
            loss = float(10 * epoch + step)
            total += float(loss)
        mean = total / 3
        print(mean)

train(3, 0.5)
"""


def events(project) -> list[dict]:
    logs = sorted(project.folder.glob(".midrun/runs/*/log.jsonl"))
    return [json.loads(line) for path in logs for line in path.read_text().splitlines()]


def values(project, line: int) -> list[dict]:
    """Those of the loop at a line."""
    found = [event for event in events(project) if event["event"] == "values"]
    return [event["values"] for event in found if event["line"] == line]


def test_each_round_has_the_values_that_it_left(project):
    project.write(TRAINING)
    assert project.run("run", "a.py")[0] == 0
    rounds = values(project, 6)
    assert rounds[0] == {"epoch": 0, "step": 0, "loss": 0.0, "total": 0.0}
    assert rounds[1] == {"epoch": 0, "step": 1, "loss": 1.0, "total": 1.0}
    # The next round is of another epoch: `total` has been set anew by then.
    assert rounds[2] == {"epoch": 0, "step": 2, "loss": 2.0}
    assert rounds[3] == {"epoch": 1, "step": 0, "loss": 10.0, "total": 10.0}
    epochs = values(project, 4)
    assert epochs[0] == {"epoch": 0, "total": 3.0, "step": 2, "loss": 2.0, "mean": 1.0}


def test_the_last_round_of_a_script_and_its_exception(project):
    project.write(
        """
        for i in range(3):
            x = float(2 * int(abs(i)))
        for k in range(3):
            y = float(k) / abs(2 - int(k))
        """
    )
    assert project.run("run", "a.py")[0] == 1
    assert values(project, 1)[-1] == {"i": 2, "x": 4.0}
    assert values(project, 3)[-1] == {"k": 2, "y": 1.0}  # of the round that was not finished
    (error,) = (event for event in events(project) if event["event"] == "exception")
    assert (error["type"], error["message"]) == ("ZeroDivisionError", "float division by zero")
    assert error["place"] == [str(project.folder / "a.py"), 4, "<module>"]


def test_the_last_round_in_a_function_is_known_where_the_function_goes_on(project):
    project.write(
        """
        import time
        def train():
            for epoch in range(3):
                loss = 2.0 * float(abs(epoch))
                for step in range(int(2)):
                    part = float(abs(int(step))) + loss
                time.sleep(0.001)
            return loss
        def best():
            for trial in range(3):
                if float(abs(trial)) == 1.0:
                    found = float(abs(trial))
                    break
            for nothing in []:
                found = float(abs(nothing))
            return found
        print(train(), best())
        """
    )
    assert project.run("run", "a.py")[0] == 0
    assert values(project, 3) == [
        {"epoch": epoch, "loss": 2.0 * epoch, "step": 1, "part": 1.0 + 2.0 * epoch}
        for epoch in range(3)
    ]
    assert values(project, 5)[-1] == {"epoch": 2, "step": 1, "part": 5.0, "loss": 4.0}
    assert values(project, 10)[-1] == {"trial": 1, "found": 1.0}
    rounds = [event["round"] for event in events(project) if event.get("line") == 3]
    assert rounds == [1, 2, 3]


def test_a_crash_in_a_function_leaves_the_values_of_its_round(project):
    project.write(
        """
        def check(value):
            bad = float(value)
            return 1 / bad
        def train():
            for i in range(3):
                value = 2 - int(i)
                check(value)
        train()
        """
    )
    project.run("run", "a.py")
    assert values(project, 5) == [
        {"i": 0, "value": 2}, {"i": 1, "value": 1}, {"i": 2, "value": 0}
    ]  # fmt: skip


def test_savepoints_are_logged(project):
    project.write(TRAINING)
    project.run("run", "--at", "a.py:10#2", "a.py")
    found = [event for event in events(project) if event["event"] == "savepoint"]
    assert found[-1]["reason"] == "at a.py:10#2"
    assert found[-1]["place"] == [str(project.folder / "a.py"), 10, "train"]


def test_a_resumed_run_counts_its_rounds_on(project):
    project.write(TRAINING)
    project.run("run", "--budget", "0", "--at", "a.py:8#5", "a.py")
    first = {event["round"] for event in events(project) if event.get("line") == 6}
    for path in project.folder.glob(".midrun/runs/*/log.jsonl"):
        path.unlink()
    assert project.run("resume")[0] == 0
    rounds = [event for event in events(project) if event.get("line") == 6]
    assert {event["round"] for event in rounds} <= {5, 6, 7, 8}
    assert {event["round"] for event in rounds} < first
    assert rounds[-1]["values"]["loss"] == 21.0


def test_no_log(project):
    project.write(TRAINING)
    project.run("run", "--no-log", "a.py")
    assert events(project) == []


def test_a_folder_that_is_gone_does_not_disturb_the_script(project):
    project.write("import shutil\nshutil.rmtree('.midrun/runs')\n" + TRAINING)
    code, out, err = project.run("run", "--budget", "0", "a.py")
    assert (code, out) == (0, "1.0\n11.0\n21.0\n")
    assert "Traceback" not in err


def test_a_forked_child_logs_nothing(project):
    project.write("import os\nif os.fork():\n    os.wait()\n    os._exit(0)\n" + TRAINING)
    project.run("run", "--budget", "0", "a.py")
    assert [event for event in events(project) if event["event"] == "values"] == []


def series(monkeypatch: pytest.MonkeyPatch, share: float) -> tuple[Series, list[int]]:
    """A series that has seen 10,000 rounds, and the rounds that it recorded."""
    monkeypatch.setattr(journal, "_SHARE", share)
    text = "def f():\n    for i in range(10_001):\n        visit(i + 1)\n        x = i\n"
    (loop,) = loops(Source("a.py", text)).values()
    found = Series(loop)
    recorded: list[int] = []
    wait = 0

    def visit(passes: int) -> None:
        nonlocal wait
        if wait:
            wait -= 1
            return
        row = found.visit(passes, sys._getframe(1))
        if row is not None:
            recorded.append(passes - 1)
            assert row == {"i": passes - 2, "x": passes - 2}
        wait = found.took(passes, 0.0, 0.0 if share else 1e-3)

    namespace = {"visit": visit}
    exec(compile(text, "a.py", "exec"), namespace)
    namespace["f"]()
    return found, recorded


def test_a_loop_of_any_length_has_a_bounded_number_of_records(monkeypatch):
    found, recorded = series(monkeypatch, share=1.0)
    assert found.stride == 8
    even = [number for number in recorded if number % found.stride == 0]
    assert even == list(range(8, 10_001, 8))
    assert 1000 <= len(even) <= 2000
