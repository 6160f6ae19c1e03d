"""What to cut: when a loop is known well enough to plan its rounds, and how many of them are worth
a visit, from what they have taken so far."""

from __future__ import annotations

import ast
import os
import types
from collections.abc import Iterable

from midrun.rehearse.loops.conditions import Facts
from midrun.rehearse.loops.counting import Counters
from midrun.rehearse.loops.ends import by_data, end_of
from midrun.rehearse.loops.execution import Drawn, Execution, Stats
from midrun.rehearse.loops.names import Counted
from midrun.rehearse.loops.plan import Plan, plan
from midrun.source.book import Book

_FIRST = 3  # rounds at the beginning of a training loop
_AGAIN = 3  # and when it comes again, where what its tests depend on is seen in its rounds
_MEASURED = 60  # rounds that are enough to measure
_MEASURED_SECONDS = 0.5  # seconds that they may take
_FEWEST = 5  # rounds that a loop needs to be worth a cut
_TIMES = 5  # times that a condition is to be true: the fourth checkpoint may replace the first
_QUICK = 0.2  # seconds of a round that is visited so often
_ENOUGH = 10  # rounds of each kind that are visited, if they are quick
_MORE = 30  # and if they take no longer together than this
_MORE_SECONDS = 0.3
_CHEAP = 1.0  # seconds that all rounds of a loop may take to be visited
_ENDLESS = 1000  # rounds, at most, of a loop whose end is not known
_ENDLESS_SECONDS = 2.0  # and how long they may take
_LONG = 5.0  # seconds after which a loop with a model in it is cut, though it trains nothing
_FIRST_SECONDS = 5.0  # seconds that rounds may take that are there to let the workers get going


class Planner:
    """Plans loops. `whole` names those that are not cut, by file and line; `counted` is what the
    files of the program count, `counters` are the objects in which libraries do."""

    def __init__(self, book: Book, whole: Iterable[tuple[str, int]], counters: Counters) -> None:
        self._counters = counters
        self._book = book
        self._whole = frozenset(whole)
        self.counted = Counted()

    def is_due(self, execution: Execution, *, trained_before: bool) -> bool:
        """Whether it is time to plan the rounds of a loop, or to plan them anew."""
        stats = execution.stats
        if execution.decided:
            facts, frame = execution.facts, execution.frame
            if execution.plan is None or facts is None or frame is None:
                return False
            return facts.are_stale(frame) or self._goes_on(execution, execution.plan)
        if stats.where in self._whole and not stats.trains:
            return False
        if stats.executions == 1 and execution.index + 1 < _FIRST and execution.seconds < _LONG:
            return False  # the first round takes longer than the others
        if execution.index + 1 < _AGAIN and _is_seen_in_rounds(stats):
            return False
        if stats.trains or execution.seconds > _LONG:
            return stats.works
        # Of the others, one whose end is not known is needed whole: a solver of adaptive steps.
        known = execution.known_length is not None or by_data(execution) is not None
        return stats.evaluates and trained_before and known

    def _goes_on(self, execution: Execution, plan: Plan) -> bool:
        """Whether a `while` goes on with other data than it was planned by."""
        beyond = plan.length is not None and execution.index + 1 >= plan.length + _AGAIN
        is_while = isinstance(execution.stats.site.node, ast.While)
        return beyond and is_while and by_data(execution) is not None

    def plan(self, execution: Execution, frame: types.FrameType) -> Plan | None:
        """The plan of a loop; None if all of its rounds are visited. Where midrun fails to make
        one, it is the one that it had: that is no fault of the script."""
        execution.decided = True
        try:
            return self._plan(execution, frame)
        except Exception:
            if os.environ.get("MIDRUN_DEBUG"):
                raise
            return execution.plan

    def _plan(self, execution: Execution, frame: types.FrameType) -> Plan | None:
        stats, begin = execution.stats, execution.index + 1
        source = execution.source if isinstance(execution, Drawn) else None
        before = execution.plan
        if before is not None:
            execution.settle()  # by what was known up to here
        facts = Facts(
            stats.site,
            source,
            frame,
            self._book,
            origin=begin,
            steps=stats.steps,
            heads=execution.heads,
            passed=execution.passed.found(),
            counted=self.counted,
        )
        execution.facts = facts
        execution.settle()
        pace = stats.rounds.pace
        endless = int(_ENDLESS_SECONDS / max(pace, 1e-6))
        found = plan(
            facts,
            source.length if source is not None else self._end(execution, frame, facts),
            begin,
            first=_first(execution),
            rounds=max(_FEWEST, min(_ENDLESS, endless)),
            seen=stats.outcomes,
            times=_TIMES if pace < _QUICK else 1,
            times_later=_TIMES,
            enough=_enough(pace) if stats.executions == 1 else 0,
        )
        if before is not None:
            return found.instead_of(before)
        if found.length is not None:
            left = found.length - begin
            if left <= _FEWEST - 1 or left * pace <= _CHEAP:
                stats.length = max(stats.length or 0, found.length)
                return None
        stats.length = found.length if found.length is not None else stats.length
        stats.cut = True
        return found

    def _end(self, execution: Execution, frame: types.FrameType, facts: Facts) -> int | None:
        """How many rounds a `while` has, where its own conditions don't say."""
        if any(condition.ends for condition in facts.conditions):
            return None
        if not execution.stats.site.of_library:
            return by_data(execution)
        return end_of(execution, facts, frame, self._counters)


def _is_seen_in_rounds(stats: Stats) -> bool:
    """Whether tests in functions are met in the rounds of a loop, or its end depends on more than
    its own variables."""
    asks = stats.site.of_library and isinstance(stats.site.node, ast.While)
    return asks or (stats.trains and stats.executions > 1)


def _enough(pace: float) -> int:
    """How many rounds of each kind are visited to measure them."""
    if pace >= _QUICK:
        return 0
    return max(_ENOUGH, min(_MORE, int(_MORE_SECONDS / max(pace, 1e-6))))


def _first(execution: Execution) -> int:
    """How many rounds at the beginning are visited in any case."""
    stats = execution.stats
    if stats.executions > 1 and not stats.trains:
        return 1
    wanted, most = _FIRST, _FIRST_SECONDS
    if stats.executions == 1:
        # What the workers prefetch is used up first; quick rounds are measured in numbers.
        wanted = 2 * (stats.workers or 0) + 4 if stats.workers else _MEASURED
        most = _FIRST_SECONDS if stats.workers else _MEASURED_SECONDS
    return max(_FIRST, min(wanted, int(most / max(stats.rounds.pace, 1e-6))))
