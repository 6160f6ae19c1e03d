"""What it takes to tell where a NaN comes from, and to try cures."""

from __future__ import annotations

import math
import os
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Row, Workplace, copy_in, median, seconds

_ROUNDS = 3
_EARLY = 120  # the bad step of a run that turns NaN before a process stands by
_LONG = 120.0  # seconds of training after which one does
_STEPS = 20  # that the first operation may take, beside a load
_STEPS_OF_CURES = 300  # that cures may take, on each core


@dataclass(frozen=True)
class _Took:
    """Seconds of wall time, and of CPU time of all processes."""

    wall: float
    cpu: float


def why(work: Workplace) -> Iterator[Row]:
    """From the alarm of a small transformer's run to the first operation, early in the run and
    later; and cures. Against steps of plain python, and the load of a savepoint."""
    script = copy_in(work, "explained.py")
    steps, loads, firsts, cures = [], [], list[_Took](), list[_Took]()
    early, late = list[float](), list[float]()
    for _ in range(_ROUNDS):
        steps.append(_Took(*map(float, work.python(script, _EARLY, "calm").out.split()[:2])))
        work.midrun("run", "--budget", "0", script, _EARLY, "calm")
        began, used = time.time(), _children()
        reached = float(work.midrun("resume", "--budget", "0").out.split()[-1])
        loads.append(_Took(reached - began, _children() - used))
        work.forget()
        early.append(_told_after(work, script, _EARLY))
        firsts.append(_why(work, "--no-cures"))
        whole = _why(work)
        cures.append(_Took(whole.wall - firsts[-1].wall, whole.cpu - firsts[-1].cpu))
        work.forget()
        late.append(_told_after(work, script, math.ceil(_LONG / steps[-1].wall)))
        work.forget()
    step, load = _median(steps), _median(loads)
    yield Row("a step of plain python, wall time", seconds([took.wall for took in steps]))
    yield Row("one warm load, wall time", seconds([took.wall for took in loads]))
    limit = _STEPS * step.wall + load.wall
    goal = f"at most {_STEPS} steps and a load = {limit:.2f} s"
    what = "from the trip to the first operation, wall time"
    yield Row(f"{what}, {_LONG:.0f} s into the run", seconds(late), goal, median(late) <= limit)
    yield Row(f"{what}, at its step {_EARLY}", seconds(early), goal, median(early) <= limit)
    cores = os.cpu_count() or 1
    limit = _STEPS_OF_CURES * cores * step.cpu
    goal = f"at most {_STEPS_OF_CURES} steps on each of {cores} cores = {limit:.1f} s"
    said = seconds([took.cpu for took in cures])
    yield Row("cures, CPU time", said, goal, _median(cures).cpu <= limit)
    yield Row("cures, wall time", seconds([took.wall for took in cures]))


def _told_after(work: Workplace, script: Path, bad: int) -> float:
    """The seconds from the alarm to the line that names the cause, in a run that turns NaN at the
    step `bad`."""
    run = work.start("run", "--on-nan", "stop", "--no-cures", script, bad)
    tripped = told = 0.0
    assert run.stderr is not None
    for line in run.stderr:
        now = time.perf_counter()
        tripped = tripped or now * line.startswith("midrun: nan in")
        told = told or now * line.startswith("MR")
    run.communicate()
    return told - tripped


def _why(work: Workplace, *options: str) -> _Took:
    began, used = time.perf_counter(), _children()
    work.midrun("why", *options)
    return _Took(time.perf_counter() - began, _children() - used)


def _children() -> float:
    """The CPU seconds of all processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _median(times: list[_Took]) -> _Took:
    return _Took(median([took.wall for took in times]), median([took.cpu for took in times]))
