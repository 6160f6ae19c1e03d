"""What it takes to tell where a NaN comes from, and to try cures."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.measure import Row, Workplace, copy_in, median, seconds

_ROUNDS = 3
_STEPS = 20  # that the first operation may take, beside a load
_STEPS_OF_CURES = 300  # that cures may take, on each core


@dataclass(frozen=True)
class _Took:
    """Seconds of wall time, and of CPU time of all processes."""

    wall: float
    cpu: float


def why(work: Workplace) -> Iterator[Row]:
    """`midrun why` of a small transformer, without cures and with them: what the alarm runs when
    the sentinel trips. Against steps of plain python, and the load of a savepoint."""
    script = copy_in(work, "explained.py")
    steps, loads, firsts, cures = [], [], list[_Took](), list[_Took]()
    for _ in range(_ROUNDS):
        steps.append(_Took(*map(float, work.python(script, "calm").out.split()[:2])))
        work.midrun("run", "--budget", "0", script, "calm")
        began, used = time.time(), _children()
        reached = float(work.midrun("resume", "--budget", "0").out.split()[-1])
        loads.append(_Took(reached - began, _children() - used))
        work.forget()
        work.midrun("run", "--on-nan", "continue", "--no-cures", script)
        firsts.append(_why(work, "--no-cures"))
        whole = _why(work)
        cures.append(_Took(whole.wall - firsts[-1].wall, whole.cpu - firsts[-1].cpu))
        work.forget()
    step, load = _median(steps), _median(loads)
    yield Row("a step of plain python, wall time", seconds([took.wall for took in steps]))
    yield Row("one warm load, wall time", seconds([took.wall for took in loads]))
    limit = _STEPS * step.wall + load.wall
    measured, goal = _median(firsts).wall, f"at most {_STEPS} steps and a load = {limit:.2f} s"
    said = seconds([took.wall for took in firsts])
    yield Row("from the trip to the first operation, wall time", said, goal, measured <= limit)
    cores = os.cpu_count() or 1
    limit = _STEPS_OF_CURES * cores * step.cpu
    goal = f"at most {_STEPS_OF_CURES} steps on each of {cores} cores = {limit:.1f} s"
    said = seconds([took.cpu for took in cures])
    yield Row("cures, CPU time", said, goal, _median(cures).cpu <= limit)
    yield Row("cures, wall time", seconds([took.wall for took in cures]))


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
