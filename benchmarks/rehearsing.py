"""What a rehearsal adds to the iterations that it visits."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Row, Workplace, copy_in, ratio, seconds

_ROUNDS = 5
_STEPS = 30  # the first ones, without the very first: those that are looked at most
_WHOLE = 20_000  # steps of the training that is rehearsed
_LIMIT = 1.10
_MODELS = ("mlp", "convnet", "transformer")


def rehearse(work: Workplace) -> Iterator[Row]:
    """The first steps of small models, in plain Python and in a rehearsal, by CPU time."""
    copy_in(work, "steps.py")
    script = copy_in(work, "rehearsed.py")
    for model in _MODELS:
        plain: list[float] = []
        ours: list[float] = []
        for turn in range(_ROUNDS):
            for side in (plain, ours) if turn % 2 == 0 else (ours, plain):
                if side is plain:
                    out = work.python(script, model, _STEPS).out
                else:
                    out = _rehearsed(work, script, model)
                side.append(sum(map(float, out.split()[1:_STEPS])))
        yield Row(f"{_STEPS - 1} steps, {model}, plain python, CPU time", seconds(plain))
        value, text = ratio(ours, plain)
        goal, met = f"at most {_LIMIT:.2f}", round(value, 2) <= _LIMIT
        yield Row("the same, the first ones that a rehearsal visits", text, goal, met)


def _rehearsed(work: Workplace, script: Path, model: str) -> str:
    """What the script has printed in a rehearsal."""
    kept = work.folder / "kept"
    work.midrun("rehearse", "--no-data", "--keep", kept, script, model, _WHOLE)
    printed = (kept / "printed-first.txt").read_text()
    shutil.rmtree(kept)
    return printed
