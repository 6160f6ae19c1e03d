"""What every run logs without being told: the values of its loops' variables, and how it ended.

The check at the head of a round is visited as the round begins, and as the next one does: then its
values are known. Those of the last round are known at the check of what follows the loop. Visits
come from the counter of the block (`midrun.run.passes`), so that nothing is paid for the rounds
between them. Every round is recorded, until that takes too much of the time
or makes too many records: then every second one, every fourth, and so on.
"""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import time
import types
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from midrun.run.printed import Printed
from midrun.run.values import Plain, plain_ones, variables
from midrun.source.loops import Loop, Place, ends, loops
from midrun.store import Savepoint

if TYPE_CHECKING:
    from midrun.run.current import Run

_SHARE = 0.004  # of the time that a loop takes
_FREE = 0.005  # seconds that may be taken of each loop beyond that
_MOST_RECORDS = 2000  # of a loop, of which half stay when it is full
_MOST_VALUES = 20
_SHORTEST = 1e-7  # seconds that any round takes
_NEVER = 1 << 60


class Journal:
    """Writes the log of `run`. It never harms the program: what goes wrong ends it."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._series: dict[int, Series | None] = {}
        self._heads: dict[tuple[str, Place], int] = {}
        self._printed = Printed(lambda lines: self._append(*lines), run.book.own, run.elapsed)
        self._printed.begin()
        self._loops = functools.cache(lambda path: loops(run.book.own[path]))
        self._ends = functools.cache(lambda path: ends(run.book.own[path]))

    def here(self, number: int, frame: types.FrameType) -> None:
        """Block `number` is about to run, in `frame`."""
        with self._safely():
            if number not in self._series:
                self._series[number] = series = self._open(number)
                if series is not None:
                    self._run.flags.visits[number] = self._visitor(series)
                elif heads := self._over(number):
                    self._run.flags.visits[number] = self._end_visitor(heads)
            passes = self._run.flags.passes(number)
            if passes is not None and number in self._run.flags.visits:
                self._run.flags.visits[number](passes + 1, frame)

    def savepoint(self, taken: Savepoint) -> None:
        """A savepoint has reached the disk. Called in the writer's thread."""
        position, elapsed = taken.manifest["position"], taken.manifest["elapsed"]
        self._write({
            "event": "savepoint", "elapsed": elapsed, "number": taken.number, "name": taken.name,
            "reason": taken.manifest["reason"],
            "place": [position["file"], position["line"], position["function"]],
        })  # fmt: skip

    def end(self, error: BaseException | None) -> None:
        """The program has ended: by `error` in the middle of rounds, or else with the values that
        the last rounds of its module left."""
        with self._safely():
            self._printed.end()
            under_way = self._crash(error) if error is not None else set()
            main = vars(sys.modules["__main__"])
            for number, series in self._series.items():
                if series is None or number in under_way or series.loop.function != "<module>":
                    continue
                if series.loop.file == main.get("__file__"):
                    self._record(series, self._run.flags.passes(number), series.last(main))

    def _crash(self, error: BaseException) -> set[int]:
        """Returns the blocks of the loops that were under way."""
        place: tuple[str, int, str] | None = None
        under_way: set[int] = set()
        traceback = error.__traceback__
        while traceback is not None:
            frame, code = traceback.tb_frame, traceback.tb_frame.f_code
            if code.co_filename in self._run.book.own:
                place = code.co_filename, traceback.tb_lineno, code.co_qualname
                for number, series in self._series.items():
                    if series is not None and series.is_under_way(code, traceback.tb_lineno):
                        under_way.add(number)
                        there = variables(frame, series.loop.names)
                        passes = self._run.flags.passes(number)
                        self._record(series, passes, series.all(there))
            traceback = traceback.tb_next
        self._write({
            "event": "exception", "elapsed": self._run.elapsed(), "type": type(error).__name__,
            "message": _text(error), "place": place,
        })  # fmt: skip
        return under_way

    def _open(self, number: int) -> Series | None:
        path, line, column = self._run.book.blocks.places[number]
        loop = self._loops(path).get((line, column))
        if loop is None or not loop.bound:
            return None
        self._heads[path, (line, column)] = number
        return Series(loop)

    def _over(self, number: int) -> list[tuple[str, Place]]:
        """The loops that are over where a block begins."""
        path, line, column = self._run.book.blocks.places[number]
        return [(path, head) for head in self._ends(path).get((line, column), ())]

    def _visitor(self, series: Series) -> Callable[[int, types.FrameType], int]:
        def visit(passes: int, frame: types.FrameType) -> int:
            if self._run.journal is not self:
                return _NEVER
            with self._safely():
                began = time.perf_counter()
                row = series.visit(passes, frame)
                if row is not None:
                    self._record(series, passes - 1, row)
                return series.took(passes, began, time.perf_counter())
            return _NEVER

        return visit

    def _end_visitor(self, heads: list[tuple[str, Place]]) -> Callable[[int, types.FrameType], int]:
        pace = Pace()

        def visit(passes: int, frame: types.FrameType) -> int:
            if self._run.journal is not self:
                return _NEVER
            with self._safely(), pace:
                for number in (self._heads[head] for head in heads if head in self._heads):
                    series = self._series[number]
                    if series is not None and (row := series.over(frame)):
                        self._record(series, self._run.flags.passes(number), row)
                return pace.wait
            return _NEVER

        return visit

    def _record(self, series: Series, passes: int | None, values: dict[str, Plain]) -> None:
        if not values:
            return
        loop = series.loop
        self._write({
            "event": "values", "elapsed": round(self._run.elapsed(), 3), "file": loop.file,
            "line": loop.line, "function": loop.function, "round": passes,
            "every": series.stride, "values": values,
        })  # fmt: skip

    def _write(self, event: dict[str, Any]) -> None:
        self._printed.flush()
        self._append(event)

    def _append(self, *events: dict[str, Any]) -> None:
        if os.getpid() == self._run.pid:
            with contextlib.suppress(OSError):  # a full disk, a folder that is gone
                self._run.stored.log(*events)

    @contextlib.contextmanager
    def _safely(self) -> Iterator[None]:
        try:
            yield
        except Exception:
            if os.environ.get("MIDRUN_DEBUG"):
                raise
            self._run.flags.visits.clear()
            self._run.journal = None
            self._printed.end()


class Pace:
    """How often something is done that may take little of the time: a block in which it is done."""

    def __init__(self) -> None:
        self.wait = 0
        """How many times it is left out until the next one."""
        self._first = self._began = time.perf_counter()
        self._spent = 0.0

    def __enter__(self) -> None:
        self._began = time.perf_counter()

    def __exit__(self, *error: object) -> None:
        ended = time.perf_counter()
        self._spent += ended - self._began
        if self._spent > _FREE + _SHARE * (ended - self._first):
            self.wait = 2 * self.wait + 1


class Series:
    """The records of one loop: every `stride`-th of its rounds."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.stride = 1
        self._kept = 0
        self._begins = 0
        self._start = 0
        self._begun: tuple[int, int, dict[str, Plain]] | None = None
        self._first = time.perf_counter()
        self._spent = 0.0

    def is_under_way(self, code: types.CodeType, line: int) -> bool:
        """Whether `line` of that function is in the loop."""
        loop = self.loop
        is_here = (code.co_filename, code.co_qualname) == (loop.file, loop.function)
        return is_here and loop.line <= line <= loop.end

    def visit(self, passes: int, frame: types.FrameType) -> dict[str, Plain] | None:
        """Round `passes` begins. The values of the one before it, if they are to be recorded."""
        row, begun = None, self._begun
        self._begun = None
        is_due = passes % self.stride == 0
        there = variables(frame, self.loop.names) if begun is not None or is_due else {}
        if begun is not None:
            follows = begun[:2] == (passes - 1, id(frame))
            row = self._row(there, begun[2]) if follows else None
            self._kept += 1
            if row is None or self._kept >= _MOST_RECORDS:
                self._thin()
        if is_due:
            self._begins += 1
            targets = plain_ones(there, self.loop.targets, _MOST_VALUES)
            self._begun = passes, id(frame), targets
        return row

    def took(self, passes: int, began: float, ended: float) -> int:
        """A visit is done. How many passes may go by until the next one."""
        self._spent += ended - began
        self._start = self._start or passes
        elapsed = ended - self._first
        if self._spent > _FREE + _SHARE * elapsed:
            round_ = max(_SHORTEST, (elapsed - self._spent) / max(1, passes - self._start))
            while self._spent / self._begins > _SHARE * round_ * self.stride:
                self._thin()
        return 0 if self._begun is not None else -(passes + 1) % self.stride

    def over(self, frame: types.FrameType) -> dict[str, Plain] | None:
        """The loop is over in `frame`. The values of its last round, if they are to be recorded."""
        begun = self._begun
        if begun is None or begun[1] != id(frame):
            return None
        self._begun = None
        self._kept += 1
        return self._row(variables(frame, self.loop.names), begun[2])

    def all(self, there: Mapping[str, Any]) -> dict[str, Plain]:
        """The values in the middle of a round."""
        return plain_ones(there, self.loop.names, _MOST_VALUES)

    def last(self, there: Mapping[str, Any]) -> dict[str, Plain]:
        """The values that the last round has left for sure."""
        loop = self.loop
        sure = [name for name in loop.targets + loop.bound if name not in loop.shared]
        return plain_ones(there, sure, _MOST_VALUES)

    def _row(self, there: Mapping[str, Any], targets: dict[str, Plain]) -> dict[str, Plain] | None:
        loop = self.loop
        outer = plain_ones(there, loop.outer, _MOST_VALUES)
        goes_on = all(targets.get(name) == value for name, value in outer.items())
        # Else the loop has begun anew, and what is bound outside it may be of no round at all.
        bound = [name for name in loop.bound if goes_on or name not in loop.shared]
        room = _MOST_VALUES - len(targets)
        found = plain_ones(there, bound, room)
        if not found:
            return None
        return targets | found | plain_ones(there, loop.read, room - len(found))

    def _thin(self) -> None:
        self.stride *= 2
        self._kept //= 2


def _text(error: BaseException) -> str:
    try:
        return str(error)[:500]
    except Exception:
        return ""
