"""What the whole run will take, from what the rehearsal took: time, memory, disk."""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from dataclasses import dataclass, field

from midrun.rehearse.accelerator import Device
from midrun.rehearse.request import Answer, LoopSeen

_NAMES = {"start": "start", "end": "end", "data": "data loading", "save": "checkpoint"}
_GROWS = 0.1  # of the peak, from which on growing memory is worth a word
_WORTH = 0.02  # share of the time from which on shortening something is worth a word


@dataclass(frozen=True)
class Phase:
    """A part of the run: where its code is, what was visited of it, and its seconds, in the
    rehearsal and in the whole run."""

    name: str
    file: str
    line: int
    visited: str
    spent: float
    seconds: float


@dataclass(frozen=True)
class Saving:
    """Something that would shorten the run, by so many seconds at most."""

    what: str
    file: str
    line: int
    seconds: float
    share: float


@dataclass
class Forecast:
    """The whole run: seconds (in the middle, at least, at most; None if a loop has no end that is
    known), bytes on the disk and how many are free there, the peak of memory in the rehearsal with
    its line, what the rounds that were left out add to it, and how much memory there is; the
    accelerator that was filled most, and about how many items a step on it could take."""

    seconds: float | None
    least: float
    most: float
    spent: float
    written: float
    free: int
    peak: int
    peak_place: tuple[str, int] | None
    grows: float
    memory: int
    device: Device | None = None
    largest_batch: int = 0
    endless: list[tuple[str, int]] = field(default_factory=list)
    phases: list[Phase] = field(default_factory=list)
    savings: list[Saving] = field(default_factory=list)


def forecast(answer: Answer, folder: str) -> Forecast:
    """The forecast, for a run that writes to the file system of `folder`."""
    amounts = {tuple(key.split("\n")): values for key, values in answer.amounts.items()}
    written = amounts.pop(("bytes",), (0.0,) * 4)
    used = amounts.pop(("memory",), (0.0,) * 4)
    grows = max(0.0, used[1] - used[0])
    endless = [(loop.file, loop.line) for loop in answer.loops if loop.endless]
    phases = _phases(answer, amounts)
    total = sum(values[1] for values in amounts.values())
    place = tuple(answer.peak_place) if answer.peak_place else None
    return Forecast(
        seconds=None if endless else total,
        least=min(total, sum(values[2] for values in amounts.values())),
        most=max(total, sum(values[3] for values in amounts.values())),
        spent=sum(values[0] for values in amounts.values()),
        written=max(0.0, written[1]),
        free=shutil.disk_usage(folder).free,
        peak=answer.peak,
        peak_place=place,  # type: ignore[arg-type]
        grows=grows if grows > _GROWS * answer.peak else 0.0,
        memory=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        device=answer.device,
        largest_batch=answer.device.largest_batch if answer.device is not None else 0,
        endless=endless,
        phases=phases,
        savings=_savings(answer, phases, total),
    )


def _phases(
    answer: Answer, amounts: dict[tuple[str, ...], tuple[float, float, float, float]]
) -> list[Phase]:
    loops = {(loop.file, loop.line): loop for loop in answer.loops}
    sums: dict[tuple[str, str, int], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for (kind, *where), (spent, total, *_) in amounts.items():
        file, line = (where[0], int(where[1])) if where else ("", 0)
        loop = loops.get((file, line))
        name = _NAMES.get(kind) or (_name(loop, answer.loops) if loop is not None else "other")
        entry = sums[name, file, line]
        entry[0] += spent
        entry[1] += total
    return [
        Phase(name, file, line, _visited(name, loops.get((file, line))), spent, total)
        for (name, file, line), (spent, total) in sums.items()
        if spent > 0 or total > 0
    ]


def _name(loop: LoopSeen, loops: list[LoopSeen]) -> str:
    works = loop.trains or loop.evaluates
    if not works:
        return "other loop"
    if any(_is_around(loop, other) for other in loops if other is not loop):
        return "between the loops"
    return "training step" if loop.trains else "evaluation"


def _is_around(loop: LoopSeen, other: LoopSeen) -> bool:
    """Whether the work of `loop` is that of another one in it: one that stands in it, or one in a
    function that is called from it and trains, as in frameworks."""
    stands = other.file == loop.file and loop.line < other.line <= loop.end
    called = (loop.file, loop.line) in map(tuple, other.inside)
    return (other.trains and (stands or called)) or (other.evaluates and stands)


def _visited(name: str, loop: LoopSeen | None) -> str:
    if loop is None or name == "checkpoint":
        return ""
    rounds = len(loop.visited)
    of = f"{rounds} of {loop.length}" if loop.length is not None else f"{rounds}"
    last = loop.length is not None and loop.length - 1 in loop.visited
    return f"{of} rounds" + (", the last too" if last and rounds < (loop.length or 0) else "")


def _savings(answer: Answer, phases: list[Phase], total: float) -> list[Saving]:
    """What would shorten the run most: an estimate of what it could save at most."""
    loops = {(loop.file, loop.line): loop for loop in answer.loops}
    found = []
    for phase in phases:
        loop = loops.get((phase.file, phase.line))
        if phase.name == "data loading" and loop is not None:
            more = "more worker processes" if loop.workers else "worker processes (num_workers)"
            what = f"the loop waits for its data: {more}, or items that are cheaper to load"
        elif phase.name == "evaluation":
            what = "evaluation: less often, on less data, in larger batches"
        elif phase.name == "checkpoint":
            what = "checkpoints: fewer of them"
        elif phase.name == "start":
            what = "what is done before the first loop: keep its result in a file"
        elif phase.name == "training step":
            what = "the training step itself: larger batches, mixed precision, torch.compile"
        elif phase.name in ("between the loops", "other loop"):
            what = "what is done between the steps"
        else:
            continue
        share = phase.seconds / total if total else 0.0
        if share >= _WORTH:
            found.append(Saving(what, phase.file, phase.line, phase.seconds, share))
    return sorted(found, key=lambda saving: -saving.seconds)[:3]
