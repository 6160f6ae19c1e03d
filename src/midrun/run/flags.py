"""The flags of the checks in the hot form, and when they are up.

A flag is up before its block has run for the first time, and then for the first few passes of each
half second, which makes slow blocks an exact clock and costs fast ones next to nothing. While a
savepoint is wanted, all flags are up.

The flags of fast blocks are put up again by a raw thread, which `threading` does not know of and
which ends before each fork: Python 3.12 and later warn of a fork with threads running.
"""

from __future__ import annotations

import _thread
import builtins
import gc
import os
from collections.abc import Callable
from typing import Any

from midrun.source.hot import HERE, flag

_PASSES = 8  # checks that a block may make in each period
_PERIOD = 0.5  # seconds


class Flags:
    """`here` is called at each check whose flag is up, with the number of the block."""

    def __init__(self, here: Callable[[int], None]) -> None:
        self._spare = _spare_builtins()
        builtins.__dict__[HERE] = here
        for spare in self._spare:
            spare[HERE] = _nowhere
        self._names: list[str] = []
        self._passes: list[int] = []
        self._resting: set[int] = set()
        self._held: set[int] = set()
        self._all_up = False
        self._ticking = False
        self._stop = _thread.allocate_lock()
        self._stopped = _thread.allocate_lock()
        os.register_at_fork(before=self._stop_ticking, after_in_child=self.drop)

    def grow(self, count: int) -> None:
        """Make flags for all blocks below number `count`; new ones are up."""
        for number in range(len(self._names), count):
            self._names.append(flag(number))
            self._passes.append(0)
            builtins.__dict__[self._names[number]] = True
            for spare in self._spare:
                spare[self._names[number]] = None

    def hold(self, number: int) -> None:
        """Keep the flag of a block up for good."""
        self._held.add(number)

    def raise_all(self) -> None:
        """Put all flags up, until `lower`."""
        self._all_up = True
        for name in self._names:
            builtins.__dict__[name] = True

    def lower(self) -> None:
        """Go back to the ordinary way."""
        self._all_up = False

    def passed(self, number: int) -> None:
        """Block `number` has made a check: take its flag down if it makes many."""
        self._passes[number] += 1
        if self._passes[number] >= _PASSES and not self._all_up and number not in self._held:
            self._resting.add(number)
            builtins.__dict__[self._names[number]] = None
            if not self._ticking:
                self._start_ticking()

    def drop(self) -> None:
        """Take all flags down for good (in a forked child, and at the end)."""
        for name in self._names:
            builtins.__dict__[name] = None
        builtins.__dict__[HERE] = _nowhere

    def _start_ticking(self) -> None:
        self._ticking = True
        self._stop.acquire()
        self._stopped.acquire()
        _thread.start_new_thread(self._tick, ())

    def _tick(self) -> None:
        while not self._stop.acquire(timeout=_PERIOD):
            resting, self._resting = self._resting, set()
            for number in resting:
                self._passes[number] = 0
                builtins.__dict__[self._names[number]] = True
        self._stop.release()
        self._stopped.release()

    def _stop_ticking(self) -> None:
        if self._ticking:
            self._stop.release()
            self._stopped.acquire()
            self._stopped.release()
            self._ticking = False
            for number in self._resting:
                self._passes[number] = 0
                builtins.__dict__[self._names[number]] = True
            self._resting = set()


def _spare_builtins() -> list[dict[str, Any]]:
    """The copies of `builtins`: the interpreter goes back to one at its end, before it destroys the
    last objects (finalize_restore_builtins_dict in Python/pylifecycle.c), and the code of those
    needs the flags too."""
    return [
        candidate
        for candidate in gc.get_objects()
        if type(candidate) is dict
        and candidate is not builtins.__dict__
        and candidate.get("__name__") == "builtins"
        and "__build_class__" in candidate
    ]


def _nowhere(number: int) -> None:
    """What checks call when nobody wants to know."""
