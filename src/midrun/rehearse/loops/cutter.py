"""The cutting of loops while the script runs: what the calls of the cut form do."""

from __future__ import annotations

import itertools
import os
import statistics
import sys
import threading
import types
from collections.abc import Callable, Iterable
from typing import Any

from midrun.rehearse.loops.activity import Activity
from midrun.rehearse.loops.conditions import Facts
from midrun.rehearse.loops.execution import Drawn, Execution, Observer, Rest, Stats
from midrun.rehearse.loops.form import Place, Sites
from midrun.rehearse.loops.meter import Meter
from midrun.rehearse.loops.plan import Plan, plan
from midrun.rehearse.loops.sources import Source, loaders_in, source_of
from midrun.source.book import Book

_FIRST = 3  # rounds at the beginning of a training loop
_MEASURED = 30  # rounds that are enough to measure
_MEASURED_SECONDS = 0.5  # seconds that they may take
_FEWEST = 5  # rounds that a loop needs to be worth a cut
_TIMES = 5  # times that a condition is to be true: the fourth checkpoint may replace the first
_QUICK = 0.2  # seconds of a round that is visited so often
_CHEAP = 1.0  # seconds that all rounds of a loop may take to be visited
_ENDLESS = 1000  # rounds, at most, of a loop whose end is not known
_ENDLESS_SECONDS = 2.0  # and how long they may take
_LONG = 5.0  # seconds after which a loop with a model in it is cut, though it trains nothing
_FIRST_SECONDS = 5.0  # seconds that rounds may take that are there to let the workers get going


class Cutter:
    """Holds the loops under way. `whole` names loops that are not cut, by file and line."""

    def __init__(
        self, book: Book, observer: Observer, *, whole: Iterable[tuple[str, int]] = ()
    ) -> None:
        self.meter = Meter()
        self.activity = Activity()
        self.stats: dict[tuple[str, int, int], Stats] = {}
        self.written: Callable[[], int] = lambda: 0
        self._observer = observer
        self._book = book
        self._stack: list[Execution] = []
        self._whole = frozenset(whole)
        self._pid = os.getpid()
        self._bytes = 0
        self._uncut = False

    def add(self, file: str, sites: Sites) -> None:
        """A file was brought into cut form."""
        for place, site in sites.loops.items():
            self.stats[file, *place] = Stats(file, place, site)

    def loop(self, line: int, column: int, iterable: Any) -> Any:
        """`_@loop`: what a `for` draws from."""
        frame = sys._getframe(1)
        stats = self.stats.get((frame.f_code.co_filename, line, column))
        if stats is None or stats.is_idle or self._is_elsewhere():
            return iterable
        self._close_those_left(frame)
        source = source_of(iterable, self._timed)
        execution = Drawn(self, stats, frame, source)
        for loaded in loaders_in(source):
            stats.workers = loaded.workers
        self._enter(execution)
        return itertools.chain(execution, Rest(execution))

    def turn(self, line: int, column: int) -> bool:
        """`_@turn`: a round of a `while` begins; true if it is the end of the loop."""
        frame = sys._getframe(1)
        stats = self.stats.get((frame.f_code.co_filename, line, column))
        if stats is None or stats.is_idle or self._is_elsewhere():
            return False
        execution = next((e for e in self._stack if e.stats is stats and e.frame is frame), None)
        if execution is None:
            self._close_those_left(frame)
            execution = Execution(self, stats, frame)
            self._enter(execution)
        else:
            self.round_ends(execution)
        target = self.next_round(execution, frame)
        if target is None:
            self.leave(execution, cut_off=True)
            return True
        execution.jump = target - execution.index - 1
        self.round_begins(execution, target)
        return False

    def left(self, line: int, column: int) -> None:
        """`_@left`: the statement after a loop."""
        frame = sys._getframe(1)
        for execution in reversed(self._stack):
            if execution.frame is frame and execution.stats.place == (line, column):
                self.round_ends(execution)
                self.leave(execution)
                return

    def ahead(self, line: int, column: int, number: int, value: Any) -> Any:
        """`_@ahead`: the value of a counter at the head of a round."""
        frame = sys._getframe(1)
        execution = next((e for e in reversed(self._stack) if e.frame is frame), None)
        if execution is None or execution.stats.place != (line, column) or type(value) is not int:
            return value
        stats = execution.stats
        if execution.jump == 0 and number in execution.heads:
            stats.steps[number] = value - execution.heads[number]
        step = stats.site.counters[number].step or stats.steps.get(number, 0)
        value += execution.jump * step
        execution.heads[number] = value
        return value

    def next_round(self, execution: Execution, frame: types.FrameType) -> int | None:
        """The round to be visited next; None at the end of the loop."""
        if not execution.decided and not self._uncut and self._is_due(execution):
            self.meter.flush()
            execution.plan = self._planned(execution, frame)
            self.meter.leave_out()
        index = execution.index + 1
        if execution.plan is None:
            return index
        target = execution.plan.after(execution.index)
        if target is None and execution.plan.length is not None and index >= execution.plan.length:
            return index  # it ends by itself
        return target

    def round_begins(self, execution: Execution, index: int) -> None:
        execution.index = index
        stats = execution.stats
        stats.visited.add(index)
        execution.activity = self.activity.forwards, self.activity.trained
        self._count_bytes(execution)
        assert execution.frame is not None
        length = execution.known_length
        self.meter.flush()
        self._observer.round(execution.frame, stats.file, stats.line, index, length)
        self.meter.leave_out()
        execution.begun = execution.begun or self.meter.mark()

    def fetches(self, execution: Execution) -> None:
        """The item of a round is about to be drawn: the round begins with that."""
        self.meter.leave_out()
        execution.begun = self.meter.mark()

    def round_ends(self, execution: Execution) -> None:
        """What follows is not of the round that was under way."""
        while self._stack and self._stack[-1] is not execution:
            self.leave(self._stack[-1])
        if execution.begun is None:
            return
        self._count_bytes(execution)
        took = self.meter.mark().since(execution.begun)
        execution.begun = None
        execution.seconds += took.seconds
        execution.took.append((execution.index, took))
        stats = execution.stats
        forwards, trained = execution.activity
        if self.activity.trained > trained:
            stats.trains = True
        elif self.activity.forwards > forwards:
            stats.evaluates = True

    def leave(self, execution: Execution, *, cut_off: bool = False) -> None:
        """A loop has ended, or has been left; or it was `cut_off`, since no end of it is known."""
        if execution.frame is None:
            return
        while self._stack and self._stack[-1] is not execution:
            self.leave(self._stack[-1])
        if self._stack:
            self._stack.pop()
            self.meter.pop()
        execution.frame = None
        execution.settle()
        self._add_what_was_left_out(execution)
        stats = execution.stats
        if cut_off:
            stats.cut_off += 1
        else:
            stats.ended += 1
            known = execution.known_length or execution.index + 1
            stats.length = max(stats.length or 0, known)
        self._observer.left(stats.file, stats.line)

    def cut_no_more(self) -> None:
        """Visit each round from now on."""
        self._uncut = True
        for execution in self._stack:
            execution.plan = None

    def leave_all(self) -> None:
        """The script has ended."""
        while self._stack:
            self.leave(self._stack[-1])

    def revived(
        self, file: str, place: Place, source: Source, index: int, plan: Plan | None, *, runs: bool
    ) -> Drawn:
        """A `for` as it stood at a savepoint; if it `runs`, it goes on when it is drawn from."""
        stats = self.stats[file, *place]
        execution = Drawn(self, stats, None, source)
        execution.index, execution.plan, execution.waits = index, plan, runs
        execution.decided = plan is not None
        stats.trains = stats.cut = plan is not None
        return execution

    def go_on(self, execution: Drawn, frame: types.FrameType) -> None:
        """A loop of the program that was saved is drawn from."""
        execution.waits = False
        execution.frame = frame
        self._close_those_left(frame)
        self._enter(execution)

    @property
    def position(self) -> list[Execution]:
        """The loops under way, the outermost first."""
        return [*self._stack]

    def _enter(self, execution: Execution) -> None:
        stats = execution.stats
        stats.executions += 1
        self._stack.append(execution)
        self.meter.push(stats.key)
        stats.length = execution.known_length or stats.length

    def _close_those_left(self, frame: types.FrameType) -> None:
        """Loops whose function has returned, or raised, are over."""
        while self._stack and not _is_running(self._stack[-1].frame, frame):
            self.leave(self._stack[-1])

    def _is_elsewhere(self) -> bool:
        return (
            self.activity.depth > 0
            or threading.get_ident() != threading.main_thread().ident
            or os.getpid() != self._pid
        )

    def _is_due(self, execution: Execution) -> bool:
        """Whether it is time to decide if a loop is cut."""
        stats = execution.stats
        if (stats.file, stats.line) in self._whole:
            execution.decided = True
            return False
        if stats.executions == 1 and execution.index < 0:
            return False
        trained_before = self.activity.trained > 0
        return stats.trains or (stats.evaluates and (trained_before or execution.seconds > _LONG))

    def _planned(self, execution: Execution, frame: types.FrameType) -> Plan | None:
        """The plan of a loop; none if midrun fails to make one, which is no fault of the script."""
        try:
            return self._plan(execution, frame)
        except Exception:
            if os.environ.get("MIDRUN_DEBUG"):
                raise
            return None

    def _plan(self, execution: Execution, frame: types.FrameType) -> Plan | None:
        stats, begin = execution.stats, execution.index + 1
        execution.decided = True
        source = execution.source if isinstance(execution, Drawn) else None
        facts = Facts(
            stats.site,
            source,
            frame,
            self._book,
            origin=begin,
            steps=stats.steps,
            heads=execution.heads,
        )
        execution.facts = facts
        execution.settle()
        first = self._first(execution)
        endless = int(_ENDLESS_SECONDS / max(self._pace(stats), 1e-6))
        rounds = max(_FEWEST, min(_ENDLESS, endless))
        found = plan(
            facts, execution.known_length, begin, first=first, rounds=rounds, seen=stats.outcomes,
            times=_TIMES if self._pace(stats) < _QUICK else 1,
        )  # fmt: skip
        if found.length is not None:
            left = found.length - begin
            if left <= _FEWEST - 1 or left * self._pace(stats) <= _CHEAP:
                stats.length = max(stats.length or 0, found.length)
                return None
        stats.length = found.length if found.length is not None else stats.length
        stats.cut = True
        return found

    def _first(self, execution: Execution) -> int:
        stats = execution.stats
        if stats.executions > 1 and not stats.trains:
            return 1
        most = _FIRST_SECONDS
        wanted = _FIRST
        if stats.executions == 1:
            # What the workers prefetch is used up first; quick rounds are measured in numbers.
            wanted = 2 * (stats.workers or 0) + 4 if stats.workers else _MEASURED
            most = _FIRST_SECONDS if stats.workers else _MEASURED_SECONDS
        return max(_FIRST, min(wanted, int(most / max(self._pace(stats), 1e-6))))

    def _pace(self, stats: Stats) -> float:
        """Seconds that a round takes."""
        takes = [mark.seconds for some in stats.rounds.by_kind.values() for mark in some]
        # The first one makes much that the others find.
        return statistics.median(takes[1:] or takes) if takes else 0.0

    def _add_what_was_left_out(self, execution: Execution) -> None:
        found = execution.plan
        if found is None or found.length is None or execution.index + 1 < found.length:
            return  # it was left early, or its end is not known
        self.meter.flush()
        self.meter.add(execution.stats.rounds, found.left_out)

    def _count_bytes(self, execution: Execution) -> None:
        if len(self._stack) > 2 or (len(self._stack) == 2 and self._pace(execution.stats) < 0.02):
            return
        self.meter.flush()
        written = self.written()
        self.meter.leave_out()
        if written != self._bytes:
            self.meter.bytes_written(written - self._bytes)
            self._bytes = written

    def _timed(self, iterator: Any) -> Any:
        stats = self._stack[-1].stats if self._stack else None
        key = ("data", stats.file, str(stats.line)) if stats is not None else ("data",)
        with self.meter.during(key):
            return next(iterator)


def _is_running(frame: types.FrameType | None, current: types.FrameType | None) -> bool:
    while current is not None:
        if current is frame:
            return True
        current = current.f_back
    return False
