"""What the run takes, and what it would have taken with the rounds that were left out.

Everything that is measured (seconds by what they were spent on, bytes written) is a sum; so is the
memory in use, of which a part may be given back. A round
takes what the sums grow by in it; rounds that are left out are added as often as they would have
come, at what visited rounds of their kind took. Loops in loops need nothing more for it: a round of
the outer one contains what was added for the inner one.
"""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

Key = tuple[str, ...]
Amounts = dict[Key, float]
BYTES: Key = ("bytes",)  # on the disk
MEMORY: Key = ("memory",)  # bytes in use
_MANY = 8  # rounds of a kind, of which the later half is enough to tell what one takes
_FEW = 3  # rounds of a kind and a length, which are enough
_NO_SECONDS = frozenset({BYTES, MEMORY})


class Meter:
    """`spent` is what was really spent, `total` includes what was left out, `low` and `high` are
    the same from the fastest and slowest rounds of each kind. Seconds are counted for the topmost
    of a stack of keys."""

    def __init__(self) -> None:
        self.spent: Amounts = defaultdict(float)
        self.total: Amounts = defaultdict(float)
        self.low: Amounts = defaultdict(float)
        self.high: Amounts = defaultdict(float)
        self._stack: list[Key] = [("start",)]
        self._since = time.perf_counter()

    @contextmanager
    def during(self, key: Key) -> Iterator[None]:
        """Count the time in this block for `key`."""
        self.push(key)
        try:
            yield
        finally:
            self.pop()

    def push(self, key: Key) -> None:
        self.flush()
        self._stack.append(key)

    def pop(self) -> None:
        self.flush()
        self._stack.pop()

    def begin_with(self, key: Key) -> None:
        """What is outside of everything is counted for `key` from now on."""
        self.flush()
        self._stack[0] = key

    def flush(self) -> None:
        """Count the time up to now."""
        now = time.perf_counter()
        self._add(self._stack[-1], now - self._since)
        self._since = now

    def leave_out(self) -> None:
        """The time since the last flush was midrun's own."""
        self._since = time.perf_counter()

    def aside(self, seconds: float) -> None:
        """So much of the time since the last flush was midrun's own."""
        self._since = min(self._since + seconds, time.perf_counter())

    def grew(self, key: Key, count: float) -> None:
        """So many bytes more lie on the disk, or are in use."""
        self._add(key, count)

    def mark(self) -> Mark:
        """How all sums stand now."""
        self.flush()
        return Mark(dict(self.total), dict(self.low), dict(self.high))

    def add(
        self, kinds: Rounds, left_out: Mapping[Hashable, float], length: int | None = None
    ) -> None:
        """Rounds were left out, so many of each kind, of a loop with so many rounds."""
        for kind, count in left_out.items():
            for sums, amounts in zip(
                (self.total, self.low, self.high), kinds.typical(kind, length), strict=True
            ):
                for key, amount in amounts.items():
                    sums[key] += count * amount

    def _add(self, key: Key, amount: float) -> None:
        for sums in (self.spent, self.total, self.low, self.high):
            sums[key] += amount


@dataclass
class Mark:
    """Sums at one time."""

    total: Amounts
    low: Amounts
    high: Amounts

    @property
    def seconds(self) -> float:
        """The time in it."""
        return sum(amount for key, amount in self.total.items() if key not in _NO_SECONDS)

    def since(self, before: Mark) -> Mark:
        """What was added between `before` and this one."""
        return Mark(
            _difference(self.total, before.total),
            _difference(self.low, before.low),
            _difference(self.high, before.high),
        )


@dataclass
class Rounds:
    """The rounds of a loop that were visited, by kind: what each took, in order. A loop that has 10
    rounds one time and 1000 another (a solver that trains, and is tested) does not do the same in
    them, so that they are known by its length, too."""

    by_kind: dict[Hashable, list[Mark]] = field(default_factory=lambda: defaultdict(list))
    _by_length: dict[Hashable, list[Mark]] = field(default_factory=lambda: defaultdict(list))
    _first: Mark | None = None
    _paced: int = 0  # rounds when the pace was worked out
    _pace: float = 0.0

    @property
    def pace(self) -> float:
        """Seconds that a round takes. Worked out again once there are a fifth more of them, since
        to go through all after each takes longer than they do."""
        if self.count > 1.2 * self._paced:
            takes = [mark.seconds for some in self.by_kind.values() for mark in some]
            # The first one makes much that the others find.
            self._paced, self._pace = len(takes), statistics.median(takes[1:] or takes)
        return self._pace

    def visited(self, kind: Hashable, took: Mark, length: int | None = None) -> None:
        """A round of a kind took this, in a loop with so many rounds."""
        self._first = self._first or took
        self.by_kind[kind].append(took)
        self._by_length[length, kind].append(took)

    @property
    def count(self) -> int:
        return sum(map(len, self.by_kind.values()))

    def typical(
        self, kind: Hashable, length: int | None = None
    ) -> tuple[Amounts, Amounts, Amounts]:
        """What a round of a kind takes: in the middle, and at the quarters of those visited; of a
        kind that was not visited, as of all. The first round is left out where there are others,
        as much is made for the first time in it; where there are many, the first half is:
        midrun looks at much in those, which empties the processor's caches."""
        marks = self._by_length.get((length, kind), [])
        if len(marks) < _FEW:
            marks = self.by_kind.get(kind, [])
        marks = marks or [m for some in self.by_kind.values() for m in some]
        if len(marks) > 1:
            marks = [mark for mark in marks if mark is not self._first] or marks
        return (
            _typical([mark.total for mark in marks], 0.5),
            _typical([mark.low for mark in marks], 0.25),
            _typical([mark.high for mark in marks], 0.75),
        )


def _typical(amounts: list[Amounts], share: float) -> Amounts:
    """Each amount of which a share of the rounds took less, of the later half where there are many.
    What few rounds have at all (a checkpoint that some of them write) would come out as nothing:
    the mean of all, then."""
    later = amounts[len(amounts) // 2 :] if len(amounts) >= _MANY else amounts
    found: Amounts = {}
    for key in {key for taken in amounts for key in taken}:
        values = sorted(taken.get(key, 0.0) for taken in later)
        typical = values[round(share * (len(values) - 1))]
        found[key] = typical or statistics.fmean(taken.get(key, 0.0) for taken in amounts)
    if MEMORY in found:
        found[MEMORY] = _lasting([taken.get(MEMORY, 0.0) for taken in amounts])
    return found


def _lasting(growths: list[float]) -> float:
    """What each round adds to the memory in use, of rounds in their order: the least of the later
    ones, as the first ones make what others use again, and allocators take memory in pieces."""
    later = growths[(len(growths) + 1) // 2 :]
    return max(0.0, min(later)) if len(later) > 1 else 0.0


def _difference(now: Amounts, before: Amounts) -> Amounts:
    return {key: now[key] - before.get(key, 0.0) for key in now if now[key] != before.get(key, 0.0)}
