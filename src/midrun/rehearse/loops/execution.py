"""Loops as they run in a rehearsal: once each, and all times together."""

from __future__ import annotations

import statistics
import sys
import types
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from midrun.rehearse.loops.conditions import Facts, Outcome
from midrun.rehearse.loops.followers import Positions
from midrun.rehearse.loops.form import LoopSite
from midrun.rehearse.loops.growth import Growth, Known
from midrun.rehearse.loops.meter import Key, Mark, Rounds
from midrun.rehearse.loops.names import Place
from midrun.rehearse.loops.passing import Tests
from midrun.rehearse.loops.plan import Plan
from midrun.rehearse.loops.sources import UNKNOWN, Source, drained

if TYPE_CHECKING:
    from midrun.rehearse.loops.cutter import Cutter

_IDLE = 64  # rounds without a model's work after which a loop is left alone
_GAP = 10  # rounds left out, of which one tells whether they were made up for
_MOST_OF_IT = 0.5


class Observer(Protocol):
    """What is told of rounds."""

    def round(
        self, frame: types.FrameType, file: str, line: int, index: int, length: int | None
    ) -> None:
        """A round begins."""

    def left(self, file: str, line: int) -> None:
        """A loop has ended."""


@dataclass
class Stats:
    """All executions of a loop together. `trains` and `evaluates` say what happened in its rounds;
    `ended` counts executions that came to their end, `cut_off` those that were ended since no end
    was known; `steps` are what its counters grow by in a round (then what is counted elsewhere,
    unless that is `uneven`), `workers` the processes that load its data. To a loop of a
    library led the user's line `led_by`; it ran `inside` other loops, at these files and lines."""

    file: str
    place: Place
    site: LoopSite
    executions: int = 0
    trains: bool = False
    evaluates: bool = False
    length: int | None = None
    ended: int = 0
    cut_off: int = 0
    cut: bool = False
    visited: set[int] = field(default_factory=set)
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    steps: dict[int, int] = field(default_factory=dict)
    uneven: set[int] = field(default_factory=set)
    rounds: Rounds = field(default_factory=Rounds)
    workers: int | None = None
    led_by: tuple[tuple[str, int], ...] = ()
    growth: Known = field(default_factory=Known)
    inside: set[tuple[str, int]] = field(default_factory=set)

    @property
    def line(self) -> int:
        return self.place[0]

    @property
    def where(self) -> tuple[str, int]:
        return self.file, self.line

    @property
    def key(self) -> Key:
        return "loop", self.file, str(self.line)

    def counted(self, number: int, amount: int) -> None:
        """What is counted elsewhere grew by so much in a round."""
        if number in self.uneven:
            return
        if self.steps.setdefault(number, amount) != amount:
            self.uneven.add(number)
            self.steps[number] = 0

    @property
    def endless(self) -> bool:
        return self.cut_off > 0 and self.ended == 0

    @property
    def is_idle(self) -> bool:
        """Whether it has run so often without a model's work, or with it and was never cut (a
        solver), that it is left alone: it is a part of the rounds around it."""
        return self.executions >= _IDLE and not (self.trains or self.cut)

    @property
    def works(self) -> bool:
        return self.trains or self.evaluates


class Execution:
    """One execution of a loop, from its first round to its last. `index` is the round under way,
    `begun` what had been spent by its beginning, `took` what the rounds took that have no kind yet,
    `heads` the counters at its head, `numbers` what is counted elsewhere, `positions` where the
    followers were; a round has `moved` them so far. `growth` is that of what libraries count.
    `jump` rounds were left out before it; `passed` are the tests in functions that were met.
    `caught_up` says that rounds did what those left out before them would have done."""

    def __init__(self, cutter: Cutter, stats: Stats, frame: types.FrameType | None) -> None:
        self.cutter = cutter
        self.stats = stats
        self.frame = frame
        self.index = -1
        self.jump = 0
        self.plan: Plan | None = None
        self.facts: Facts | None = None
        self.decided = False
        self.heads: dict[int, int] = {}
        self.numbers: dict[int, int] = {}
        self.positions: Positions = {}
        self.moved: Positions = {}
        self.growth = Growth(stats.growth)
        self.passed = Tests()
        self.begun: Mark | None = None
        self.took: list[tuple[int, Mark]] = []
        self.seconds = 0.0
        self.caught_up = False
        self._paces: list[float] = []
        self.activity = (0, 0)

    @property
    def known_length(self) -> int | None:
        return self.plan.length if self.plan is not None else None

    def took_round(self, took: Mark) -> None:
        """The round under way has ended. A solver that evaluates goes on to a time, however many
        times before it were left out: such a round takes as long as all of them."""
        if self.jump >= _GAP and self._paces and not self.stats.trains:
            gap = self.jump * statistics.median(self._paces)
            if took.seconds > _MOST_OF_IT * gap:
                self.caught_up = True
                return
        self._paces.append(took.seconds)
        self.took.append((self.index, took))

    def settle(self) -> None:
        """Give the rounds that were visited their kinds."""
        for index, took in self.took:
            values = self.facts.outcomes(index) if self.facts is not None else ()
            kind = self.facts.kind(values) if self.facts is not None else ()
            self.stats.rounds.visited(kind, took, self.known_length)
            if self.facts is not None:
                self.stats.outcomes.update(self.facts.met(values))
        self.took.clear()


class Drawn(Execution):
    """A `for`: the iterator that it draws from."""

    def __init__(
        self, cutter: Cutter, stats: Stats, frame: types.FrameType | None, source: Source
    ) -> None:
        super().__init__(cutter, stats, frame)
        self.source = source
        self.rest: Iterator[Any] = iter(())
        self.waits = False

    @property
    def known_length(self) -> int | None:
        return self.plan.length if self.plan is not None else self.source.length

    def __reduce__(self) -> Any:
        # A savepoint has where the loop stands; what it takes is measured from the start again.
        where = self.stats.file, self.stats.place
        return revive, (
            *where,
            self.source,
            self.index,
            self.plan,
            self.waits or self.frame is not None,
        )

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        cutter = self.cutter
        if self.waits:  # since a savepoint
            cutter.go_on(self, sys._getframe(1))
        if self.frame is None:  # it has been left
            raise StopIteration
        cutter.meter.flush()  # what comes now is midrun's
        cutter.round_ends(self)
        if self.index + 1 >= _IDLE and not self.stats.works:
            cutter.leave(self)
            self.rest = self.source
            raise StopIteration
        target = cutter.next_round(self, self.frame)
        if target is None:
            return self._last()
        if target > self.index + 1:
            self.source.skip(target - self.index - 1)
            self.jump = target - self.index - 1
        else:
            self.jump = 0
        cutter.fetches(self)
        try:
            item = next(self.source)
        except BaseException:
            self.begun = None
            cutter.leave(self)
            raise
        cutter.round_begins(self, target)
        return item

    def _last(self) -> Any:
        """The last item, once all rounds that were planned have been visited."""
        assert self.plan is not None
        left = drained(self.source) if self.plan.length is None else None
        self.cutter.meter.leave_out()
        if left is None or left[1] is UNKNOWN:
            if left is not None:
                self.plan = replace(self.plan, length=self.index + 1)
            self.cutter.leave(self, cut_off=left is None)
            raise StopIteration
        count, item = left
        self.plan = replace(
            self.plan, length=self.index + 1 + count, left_out={(): float(count - 1)}
        )
        self.jump = count - 1
        self.cutter.fetches(self)
        self.cutter.round_begins(self, self.index + count)
        return item


class Rest:
    """What is left of a loop that is left alone, until a model works in it after all: training may
    begin once a buffer is full."""

    def __init__(self, execution: Drawn) -> None:
        self._execution = execution
        self._before: tuple[int, int] | None = None
        self._again = False

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        execution = self._execution
        if self._again:
            return next(execution)
        activity = execution.cutter.activity
        now = activity.forwards, activity.trained
        if self._before is None:
            self._before = now
        elif self._before != now:
            self._again = True
            execution.stats.trains |= now[1] > self._before[1]
            execution.stats.evaluates |= not execution.stats.trains
            execution.cutter.take_up(execution, sys._getframe(1))
            return next(execution)
        item = next(execution.rest)
        execution.index += 1
        return item


def revive(
    file: str, place: Place, source: Source, index: int, plan: Plan | None, runs: bool
) -> Drawn:
    """A loop as it stood at a savepoint (see `Drawn.__reduce__`)."""
    from midrun.run.boot import run_of_this_process

    cutter: Cutter = run_of_this_process().sentinel.cutter  # type: ignore[union-attr]
    return cutter.revived(file, place, source, index, plan, runs=runs)
