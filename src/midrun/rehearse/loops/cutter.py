"""The cutting of loops while the script runs: what the calls of the cut form do."""

from __future__ import annotations

import ast
import itertools
import os
import sys
import threading
import types
from collections.abc import Callable, Iterable
from typing import Any

from midrun.rehearse.loops.activity import Activity
from midrun.rehearse.loops.counting import Counters
from midrun.rehearse.loops.execution import Drawn, Execution, Observer, Rest, Stats
from midrun.rehearse.loops.followers import Followers
from midrun.rehearse.loops.form import Sites
from midrun.rehearse.loops.frames import Way, is_running, way_to
from midrun.rehearse.loops.memory import InUse
from midrun.rehearse.loops.meter import BYTES, MEMORY, Meter
from midrun.rehearse.loops.moving import follow
from midrun.rehearse.loops.names import Place
from midrun.rehearse.loops.plan import Plan
from midrun.rehearse.loops.planner import Planner
from midrun.rehearse.loops.sources import Source, loaders_in, source_of
from midrun.source.book import Book


class Cutter:
    """Holds the loops under way. `whole` names loops that are not cut, by file and line; `own` says
    whether a file is the user's."""

    def __init__(
        self, book: Book, observer: Observer, *, whole: Iterable[tuple[str, int]] = (),
        own: Callable[[str], bool] = lambda file: True,
    ) -> None:  # fmt: skip
        self._own = own
        self.meter = Meter()
        self.activity = Activity()
        self.followers = Followers()
        self.counters = Counters()
        self.stats: dict[tuple[str, int, int, Way], Stats] = {}
        self.written: Callable[[], int] = lambda: 0
        self._tests: dict[tuple[str, Place], ast.expr] = {}
        self._observer = observer
        self.planner = Planner(book, whole, self.counters)
        self._stack: list[Execution] = []
        self._pid = os.getpid()
        self._bytes = 0
        self._in_use = InUse()
        self._memory = self._in_use.bytes()
        self._uncut = False

    def add(self, file: str, sites: Sites) -> None:
        """A file was brought into cut form."""
        for place, site in sites.loops.items():
            self.stats[file, *place, ()] = Stats(file, place, site)
        self._tests.update({(file, place): test for place, test in sites.passed.items()})

    def loop(self, line: int, column: int, iterable: Any) -> Any:
        """`_@loop`: what a `for` draws from."""
        frame = sys._getframe(1)
        stats = self._stats(frame, line, column)
        if stats is None or stats.is_idle or self._is_elsewhere():
            return iterable
        self.meter.flush()
        self._close_those_left(frame)
        source = source_of(iterable, self._timed)
        execution = Drawn(self, stats, frame, source)
        for loaded in loaders_in(source):
            stats.workers = loaded.workers
        self._enter(execution)
        self.meter.leave_out()
        return itertools.chain(execution, Rest(execution))

    def turn(self, line: int, column: int) -> bool:
        """`_@turn`: a round of a `while` begins; true if it is the end of the loop."""
        frame, place = sys._getframe(1), (line, column)
        if self._is_elsewhere():
            return False
        under_way = (e for e in self._stack if e.frame is frame and e.stats.place == place)
        execution = next(under_way, None)
        stats = execution.stats if execution is not None else self._stats(frame, line, column)
        if stats is None or (execution is None and stats.is_idle):
            return False
        self.meter.flush()
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

    def passed(self, line: int, column: int) -> None:
        """`_@passed`: a test in a function is about to be made."""
        undecided = [e for e in self._stack if not e.decided and e.index >= 0]
        if not undecided:
            return
        frame = sys._getframe(1)
        key = frame.f_code.co_filename, (line, column)
        noting = [e for e in undecided if key not in e.passed.too_often]
        if not noting or self._is_elsewhere():
            return
        self.meter.flush()
        for execution in noting:
            execution.passed.note(key, self._tests[key], execution.index, frame)
        self.meter.leave_out()

    def next_round(self, execution: Execution, frame: types.FrameType) -> int | None:
        """The round to be visited next; None at the end of the loop."""
        trained = self.activity.trained > 0
        if not self._uncut and self.planner.is_due(execution, trained_before=trained):
            self.meter.flush()
            execution.plan = self.planner.plan(execution, frame)
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
        if execution.jump or not execution.took:
            self._count_bytes(execution)
        assert execution.frame is not None
        length = execution.known_length
        self.meter.flush()
        follow(execution, execution.frame, self.followers, self.counters)
        self._memory = self._in_use.bytes() if execution.jump else self._memory
        self._observer.round(execution.frame, stats.file, stats.line, index, length)
        self.meter.leave_out()
        execution.begun = execution.begun or self.meter.mark()
        self.meter.leave_out()

    def fetches(self, execution: Execution) -> None:
        """The item of a round is about to be drawn: the round begins with that."""
        self.meter.leave_out()
        execution.begun = self.meter.mark()
        self.meter.leave_out()

    def round_ends(self, execution: Execution) -> None:
        """What follows is not of the round that was under way."""
        while self._stack and self._stack[-1] is not execution:
            self.leave(self._stack[-1])
        if execution.begun is None:
            return
        self._count_bytes(execution)
        self._count_memory()
        self.meter.leave_out()
        took = self.meter.mark().since(execution.begun)
        execution.begun = None
        execution.seconds += took.seconds
        execution.took_round(took)
        execution.moved = self.followers.moved(execution.positions)
        self.meter.leave_out()
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
        self.meter.leave_out()

    def cut_no_more(self) -> None:
        """Visit each round from now on."""
        self._uncut = True
        for execution in self._stack:
            execution.plan = None

    def leave_all(self) -> None:
        """The script has ended."""
        while self._stack:
            self.leave(self._stack[-1])
        self.meter.flush()
        self.meter.grew(BYTES, self.written() - self._bytes)

    def revived(
        self, file: str, place: Place, source: Source, index: int, plan: Plan | None, *, runs: bool
    ) -> Drawn:
        """A `for` as it stood at a savepoint; if it `runs`, it goes on when it is drawn from."""
        stats = self.stats[file, *place, ()]
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

    def take_up(self, execution: Drawn, frame: types.FrameType) -> None:
        """A loop that was left alone goes on, as a model works in it after all."""
        execution.stats.executions -= 1
        execution.stats.ended -= 1
        self.go_on(execution, frame)

    @property
    def position(self) -> list[Execution]:
        """The loops under way, the outermost first."""
        return [*self._stack]

    def _stats(self, frame: types.FrameType, line: int, column: int) -> Stats | None:
        """What is known of the loop at a place. One of a library is another loop on each way that
        leads to it: it may train on one and evaluate on another."""
        file = frame.f_code.co_filename
        stats = self.stats.get((file, line, column, ()))
        if stats is None or not stats.site.of_library:
            return stats
        way = way_to(frame, self._own)
        return self.stats.setdefault(
            (file, line, column, way), Stats(file, stats.place, stats.site, led_by=way[-1:])
        )

    def _enter(self, execution: Execution) -> None:
        stats = execution.stats
        stats.executions += 1
        if self._stack:
            execution.stats.inside.add(self._stack[-1].stats.where)
        self._stack.append(execution)
        self.meter.push(stats.key)
        stats.length = max(execution.known_length or 0, stats.length or 0) or None

    def _close_those_left(self, frame: types.FrameType) -> None:
        """Loops whose function has returned, or raised, are over."""
        while self._stack and not is_running(self._stack[-1].frame, frame):
            self.leave(self._stack[-1])

    def _is_elsewhere(self) -> bool:
        return (
            self.activity.depth > 0
            or threading.get_ident() != threading.main_thread().ident
            or os.getpid() != self._pid
        )

    def _add_what_was_left_out(self, execution: Execution) -> None:
        found = execution.plan
        if found is None or found.length is None or execution.index + 1 < found.length:
            return  # it was left early, or its end is not known
        if execution.caught_up:
            return
        self.meter.flush()
        self.meter.add(execution.stats.rounds, found.left_out, found.length)

    def _count_bytes(self, execution: Execution) -> None:
        self.meter.flush()
        if len(self._stack) > 2 or (len(self._stack) == 2 and execution.stats.rounds.pace < 0.02):
            self.meter.leave_out()
            return
        written = self.written()
        self.meter.leave_out()
        self.meter.grew(BYTES, written - self._bytes)
        self._bytes = written

    def _count_memory(self) -> None:
        self.meter.flush()
        memory = self._in_use.bytes()
        self.meter.leave_out()
        self.meter.grew(MEMORY, memory - self._memory)
        self._memory = memory

    def _timed(self, iterator: Any) -> Any:
        stats = self._stack[-1].stats if self._stack else None
        key = ("data", stats.file, str(stats.line)) if stats is not None else ("data",)
        with self.meter.during(key):
            return next(iterator)
