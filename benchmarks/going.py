"""The time to a position of a recorded run."""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.measure import Ran, Row, Workplace, copy_in, ratio, seconds

_ROUNDS = 4
_LIMIT = 1.1


def goto(work: Workplace) -> Iterator[Row]:
    """`midrun goto` to 80 steps after a savepoint, against the time that a resume takes to load it
    and that these steps take in plain Python. The first step after a load imports what torch puts
    off until an optimizer works, so with the goal it counts as a part of the load."""
    script = copy_in(work, "going.py")
    lines = script.read_text().splitlines()
    line = 2 + lines.index("        if step == GONE_TO:")
    work.midrun("run", "--budget", "0", script)
    [run] = (work.store / "runs").iterdir()
    sides = {
        "goto": lambda: work.midrun("goto", f"{script}:{line}", run.name, "--print", "now()"),
        "resume": lambda: work.midrun("resume", "--budget", "0", run.name),
        "plain": lambda: work.python(script),
    }
    parts = ("goto", "load", "steps", "load and first step", "other steps")
    wall: dict[str, list[float]] = {part: [] for part in parts}
    cpu: dict[str, list[float]] = {part: [] for part in parts}
    for turn in range(_ROUNDS + 1):
        found: dict[str, list[tuple[float, float]]] = {}
        for side in sides if turn % 2 == 0 else reversed(sides):
            began = time.time()
            found[side] = _times(sides[side](), began)
        if turn:  # the first turn warms caches and bytecode
            for column, times in enumerate((wall, cpu)):
                (gone,), loaded, plain = ([line[column] for line in found[side]] for side in sides)
                times["goto"].append(gone)
                times["load"].append(loaded[0])
                times["steps"].append(plain[2] - plain[0])
                times["load and first step"].append(loaded[1])
                times["other steps"].append(plain[2] - plain[1])
    yield Row("midrun resume, to the first statement, CPU time", seconds(cpu["load"]))
    yield Row("the steps to the position, plain python, CPU time", seconds(cpu["steps"]))
    yield Row("goto against the sum of the two, CPU time", _against(cpu, *parts[1:3])[1])
    value, text = _against(cpu, *parts[3:])
    goal, met = f"at most {_LIMIT}", round(value, 2) <= _LIMIT
    yield Row("goto against the load with the first step and the others, CPU time", text, goal, met)
    yield Row("the same, wall time", _against(wall, *parts[3:])[1])


def _against(times: dict[str, list[float]], *parts: str) -> tuple[float, str]:
    """The ratio of a goto to the sum of `parts`."""
    sums = [sum(turn) for turn in zip(*(times[part] for part in parts), strict=True)]
    return ratio(times["goto"], sums)


def _times(ran: Ran, began: float) -> list[tuple[float, float]]:
    """Wall time since `began` and CPU time of the process, for each line that it printed."""
    found = [tuple(map(float, line.split())) for line in ran.out.splitlines()]
    return [(wall - began, cpu) for wall, cpu in found]
