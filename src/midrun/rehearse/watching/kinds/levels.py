"""A scheduler that is stepped in another loop than the one that its arguments count."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from midrun.rehearse.fault import Fault
from midrun.rehearse.watching.facts import Optimizer
from midrun.rehearse.watching.loops import Entry, LoopLength
from midrun.rehearse.watching.places import Place
from midrun.rehearse.watching.schedules import Plan, Rates, plan_of
from midrun.rehearse.watching.watcher import Watcher, fault
from midrun.rehearse.watching.weak import Weakly

_FULL = 0.9  # of the rounds that were visited: it happens in each


@dataclass
class _Rhythm:
    """How often something happens: the loops around it, from the outermost inwards, and the numbers
    of the rounds of the innermost in which it did. Loops around `within`, where what does it was
    made, are left out: in each round of those it is another one."""

    within: Entry | None

    loops: tuple[tuple[Place, LoopLength], ...] = ()
    rounds: list[int] = field(default_factory=list)

    def happens(self, scene: Any) -> None:
        entries = itertools.takewhile(lambda e: e is not self.within, scene.loops.outwards())
        around = tuple((e.place, e.length) for e in reversed(list(entries)))
        if len(around) > len(self.loops):  # a step before the training is not what counts
            self.loops, self.rounds = around, []
        if around and around == self.loops:
            self.rounds.append(scene.entry.index)

    @property
    def lengths(self) -> list[int]:
        return [length.rounds for _, length in self.loops]

    @property
    def is_sure(self) -> bool:
        return all(length.is_sure for _, length in self.loops)

    @property
    def share(self) -> float:
        """Of the rounds of the innermost loop, those in which it happens; where that is not each,
        the distance between two of them tells, as rounds are left out."""
        visited = self.loops[-1][1].visited
        if len(self.rounds) >= _FULL * visited:
            return len(self.rounds) / visited
        found = sorted(set(self.rounds))
        gaps = [b - a for a, b in itertools.pairwise(found)]
        return 1 / min([*gaps, found[0] + 1])

    @property
    def times(self) -> float:
        """How often it happens in the whole run."""
        return math.prod(self.lengths) * self.share

    def __str__(self) -> str:
        parts = [f"{length.rounds} rounds of line {place.line}" for place, length in self.loops]
        return " by ".join(parts)


@dataclass
class _Seen:
    plan: Plan
    place: Place | None
    optimizer: Optimizer
    rhythm: _Rhythm


class SchedulerLevel(Watcher):
    """Counts from the lengths of the loops how often a scheduler is stepped in the whole run, and
    compares that with what its arguments say (see `schedules`)."""

    def __init__(self, scene: Any) -> None:
        super().__init__(scene)
        self._known: Weakly[_Seen] = Weakly()
        self._all: list[_Seen] = []
        self._steps: dict[Optimizer, _Rhythm] = {}

    def stepped(self, known: Optimizer, optimizer: Any) -> None:
        self._steps.setdefault(known, _Rhythm(known.entry)).happens(self.scene)

    def scheduled(self, scheduler: Any, place: Place | None, arguments: int) -> None:
        seen = self._known.get(scheduler)
        if seen is None:
            plan = plan_of(scheduler)
            if plan is None:
                return
            rhythm = _Rhythm(self.scene.schedulers.get(scheduler))
            seen = _Seen(plan, place, self.scene.optimizer(scheduler.optimizer), rhythm)
            self._known[scheduler] = seen
            self._all.append(seen)
        seen.rhythm.happens(self.scene)

    def faults(self) -> Iterator[Fault]:
        for seen in self._all:
            steps = self._steps.get(seen.optimizer)
            if steps is None or not steps.rounds or not seen.rhythm.rounds:
                continue
            why = _why(seen.plan, seen.rhythm, steps)
            if why:
                yield from fault(
                    "scheduler-level",
                    seen.place,
                    f"{seen.plan.kind} is stepped here {round(seen.rhythm.times)} times: {why}",
                    f"{seen.plan}; {seen.rhythm}; the optimizer takes {round(steps.times)} steps",
                )


def _why(plan: Plan, rhythm: _Rhythm, steps: _Rhythm) -> str | None:
    """What is wrong with how often a scheduler is stepped."""
    if rhythm.loops == steps.loops and len(steps.loops) > 1:
        *outer, inner = rhythm.lengths
        return plan.too_often(Rates(rhythm.times, math.prod(outer), inner, steps.times))
    within = len(steps.loops) > len(rhythm.loops) and steps.loops[: len(rhythm.loops)]
    if within == rhythm.loops and rhythm.is_sure and steps.is_sure:
        rates = Rates(rhythm.times, math.prod(rhythm.lengths), steps.lengths[-1], steps.times)
        return plan.too_seldom(rates)
    return None
