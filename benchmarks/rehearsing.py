"""What a rehearsal adds to the iterations that it visits."""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Row, Workplace, copy_in, ratio, seconds

_ROUNDS = 5
_STEPS = 60  # of the plain runs
_WHOLE = 20_000  # of the training that is rehearsed: it visits the first ones, and some later
_LIMIT = 1.10
_MODELS = ("mlp", "convnet", "transformer")


def rehearse(work: Workplace) -> Iterator[Row]:
    """A step of small models, in plain Python and as a rehearsal visits it, by CPU time; all but
    the very first, in which torch makes itself ready."""
    copy_in(work, "steps.py")
    script = copy_in(work, "rehearsed.py")
    for model in _MODELS:
        plain: list[float] = []
        ours: list[float] = []
        visited = 0
        for turn in range(_ROUNDS):
            for side in (plain, ours) if turn % 2 == 0 else (ours, plain):
                if side is plain:
                    took = _steps(work.python(script, model, _STEPS).out)
                else:
                    took = _steps(_rehearsed(work, script, model))
                    visited = len(took)
                side.append(statistics.fmean(took))
        yield Row(f"a step, {model}, plain python, CPU time", seconds(plain))
        value, text = ratio(ours, plain)
        goal, met = f"at most {_LIMIT:.2f}", round(value, 2) <= _LIMIT
        yield Row(f"the same, of the {visited} that a rehearsal visits", text, goal, met)


def _steps(printed: str) -> list[float]:
    """The CPU seconds of each step but the very first."""
    lines = (line.split() for line in printed.splitlines())
    return [float(spent) for step, spent in lines if step != "0"]


def _rehearsed(work: Workplace, script: Path, model: str) -> str:
    """What the script has printed in a rehearsal."""
    kept = work.folder / "kept"
    work.midrun("rehearse", "--no-data", "--keep", kept, script, model, _WHOLE)
    printed = (kept / "printed-first.txt").read_text()
    shutil.rmtree(kept)
    return printed
