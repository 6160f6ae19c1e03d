"""A scheduler that is stepped before its optimizer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from midrun.rehearse.fault import Fault
from midrun.rehearse.watching.facts import Optimizer
from midrun.rehearse.watching.places import Place
from midrun.rehearse.watching.watcher import Watcher, fault
from midrun.rehearse.watching.weak import Weakly


@dataclass
class _Seen:
    """Of one scheduler: where and how often it was stepped, and how far its optimizer was then."""

    optimizer: Optimizer
    place: Place | None
    first: int
    last: int
    times: int = 1
    on_end: bool = False


class SchedulerBeforeOptimizer(Watcher):
    """Each round begins with the scheduler and ends with the optimizer, the first round as well, so
    that the first learning rate is never used. To step it several times before the training (when
    that is resumed) is no fault, nor is a step to a given epoch."""

    def __init__(self, scene: Any) -> None:
        super().__init__(scene)
        self._known: Weakly[_Seen] = Weakly()
        self._all: list[_Seen] = []

    def scheduled(self, scheduler: Any, place: Place | None, arguments: int) -> None:
        if arguments or not hasattr(scheduler, "optimizer"):
            return
        optimizer = self.scene.optimizer(scheduler.optimizer)
        done = optimizer.steps + optimizer.skipped
        seen = self._known.get(scheduler)
        if seen is None:
            self._known[scheduler] = seen = _Seen(optimizer, place, done, done)
            self._all.append(seen)
            return
        seen.times += 1
        seen.on_end |= done == seen.last
        seen.last = done

    def faults(self) -> Iterator[Fault]:
        for seen in self._all:
            done = seen.optimizer.steps + seen.optimizer.skipped
            if seen.times >= 2 and not seen.first and not seen.on_end and done > seen.last:
                yield from fault(
                    "scheduler-before-optimizer",
                    seen.place,
                    "the scheduler is stepped here before the first step of its optimizer",
                    f"all {seen.times} times the steps of the optimizer came after it",
                )
