"""Tests of the user's code that depend on what the program computes: how they come out, and a
savepoint before each, from which the other way can be tried."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from midrun.rehearse.loops.form import Sites, TestSite
from midrun.rehearse.request import TestSeen
from midrun.run.policy import Reason

if TYPE_CHECKING:
    from midrun.rehearse.loops.activity import Activity
    from midrun.rehearse.loops.meter import Meter
    from midrun.run.current import Run

_TRIES = (1, 2, 4)  # the times that a test is met before which a savepoint is taken
_SECONDS = 10.0  # that all of them may take


@dataclass
class _Met:
    site: TestSite
    times: int = 0
    outcomes: set[bool] = field(default_factory=set)
    savepoint: str = ""


class Ways:
    """The tests of a program; `other_way` is the one that is to come out otherwise, once: at once
    in a program that was `resumed` before it, else when something has been trained."""

    def __init__(
        self,
        run: Run,
        activity: Activity,
        meter: Meter,
        other_way: tuple[str, int, int] | None,
        *,
        resumed: bool,
    ) -> None:
        self._resumed = resumed
        self._run = run
        self._activity = activity
        self._meter = meter
        self._other_way = other_way
        self._met: dict[tuple[str, int, int], _Met] = {}
        self._left = 0.0 if other_way is not None else _SECONDS
        self._pid = os.getpid()

    def add(self, file: str, sites: Sites) -> None:
        """A file was brought into cut form."""
        for place, site in sites.tests.items():
            self._met[file, *place] = _Met(site)

    def before(self, line: int, column: int) -> None:
        """`_@before`: a test is about to be made."""
        frame = sys._getframe(1)
        met = self._met.get((frame.f_code.co_filename, line, column))
        trains = self._activity.trained > 0 and self._activity.depth == 0
        if met is None or not trains or len(met.outcomes) > 1 or os.getpid() != self._pid:
            return
        met.times += 1
        if met.times not in _TRIES or self._left <= 0 or met.site.raises:
            return
        began = time.monotonic()
        reason = Reason("a test that depends on values", asked=False)
        if self._run.attempt(reason, frame) and self._run.newest is not None:
            self._run.finish_writing()
            met.savepoint = self._run.newest.spec
        took = time.monotonic() - began
        self._left -= took
        self._meter.aside(took)

    def test(self, line: int, column: int, value: Any) -> Any:
        """`_@test`: the value of a test."""
        file = sys._getframe(1).f_code.co_filename
        met = self._met.get((file, line, column))
        if met is None:
            return value
        truth = bool(value)
        is_time = self._resumed or self._activity.trained > 0
        if self._other_way == (file, line, column) and is_time:
            self._other_way = None
            return not truth
        met.outcomes.add(truth)
        return truth

    def seen(self) -> list[TestSeen]:
        """The tests that were met."""
        return [
            TestSeen(
                file,
                line,
                column,
                sorted(met.outcomes),
                met.site.raises,
                met.times > 0,
                met.savepoint,
            )
            for (file, line, column), met in self._met.items()
            if met.outcomes
        ]
