"""What verify takes for a difference, and what for times or a run that hangs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from midrun.run.spec import Spec
from midrun.verify import verify as module
from midrun.verify.mask import Mask, Outcome

TIMED = """
import time

def step(number):
    began = time.time()
    total = sum(k * number for k in range(50))
    time.sleep(0.01)
    print(f"step {number} took {int(time.time() - began)} s,", total * (-1) ** number)

began = time.time()
for number in range(6):
    step(number)
    print(f"{int(time.time() - began)} s in all")
"""

HANGS = """
import os
import time

process = os.getpid()
for number in range(6):
    print(number)
while os.getpid() != process:
    time.sleep(1)
"""


def _outcome(text: str) -> Outcome:
    return Outcome(0, text.encode(), b"", {}, 1.0)


@pytest.mark.parametrize(
    ("form", "times"),
    [
        ("{:02}: {:02}: {:02}", [(0, 0, 3), (0, 0, 4), (0, 2, 1)]),
        ("{}m {}s (5 5%)", [(0, 3), (0, 4), (2, 1)]),
        ("62% ({}m {}s)", [(0, 3), (0, 4), (2, 1)]),
        ("{}h {} min {:.1f} sec", [(0, 0, 3.1), (0, 0, 4.0), (0, 2, 1.5)]),
        ("{}:{:02}:{:02}", [(0, 0, 3), (0, 0, 4), (0, 2, 1)]),
        ("{} minutes, {} seconds", [(0, 3), (0, 4), (2, 1)]),
        ("1 day, {}:{:02}", [(0, 3), (0, 4), (2, 1)]),
    ],
)
def test_a_duration_is_one_word(form: str, times: list[tuple[float, ...]]) -> None:
    first, second, resumed = (
        _outcome(f"epoch 1 took {form.format(*time)} and 7 items\nloss 0.5\n") for time in times
    )
    mask = Mask(first, second)
    assert mask.ignored == 1
    assert not mask.compare(first, resumed, b"")


def test_the_word_that_differs_is_told() -> None:
    first, second = (_outcome(f"epoch 3: {n} ms, loss 0.25\n") for n in (20, 21))
    mask = Mask(first, second)
    (fault,) = mask.compare(first, _outcome("epoch 3: 22 ms, loss 0.26\n"), b"")
    assert fault == "the output differs first at line 1: 0.26, not 0.25"
    (fault,) = mask.compare(first, _outcome("epoch 4: 22 ms, loss 0.25\n"), b"")
    assert fault == "the output differs first at line 1: 4:, not 3:"


def test_whole_seconds(verify: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """None of them passes in an uninterrupted run."""
    monkeypatch.setattr(module, "_SHORT", 0.0)
    script = tmp_path / "timed.py"
    script.write_text(TIMED)
    report = verify(script, points=6, seed=3, stop=False)
    assert report.agreed, [point.faults for point in report.points]
    assert report.ignored


def test_a_run_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_START", 1.0)
    monkeypatch.setattr(module, "_PATIENCE", 1)
    monkeypatch.chdir(tmp_path)
    script = tmp_path / "hangs.py"
    script.write_text(HANGS)
    spec = Spec(store="", target=str(script))
    report = module.Verifier(spec, [], points=1, seed=3, stop=False).run()
    ((fault, *_),) = [point.faults for point in report.points]
    assert "it had not ended after" in fault
