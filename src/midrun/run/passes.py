"""How often each block has been passed, counted in C.

A count says where in a run a savepoint stands, for those who want to go to the 1200th pass of a
line. It is kept by an iterator of C that is called at the check, 45 ns, and now and then by Python,
which looks how fast the passes come: a block that is passed too often is no longer counted.
"""

from __future__ import annotations

import itertools
import operator
import sys
import time
import types
from collections.abc import Callable

_OFTEN = 50e-6  # seconds, of which counting is 0.1%
_FIRST = 256  # passes until the first look
_LOOK = 0.25  # seconds between two looks
_MOST = 16384  # passes between them, so that a loop that becomes tight is seen within 1 ms


class Counter:
    """Counts the calls of `call`, which another one replaces after each look: `changed` is told
    then. Once there are less than `often` seconds between two, `call` and `count` are None.

    `visit` is called at some of the calls, with the count that this one makes and the frame that
    it comes from; it returns how many calls may go by until the next visit, at least."""

    def __init__(
        self,
        changed: Callable[[], None],
        often: float = _OFTEN,
        visit: Callable[[int, types.FrameType], int] | None = None,
    ) -> None:
        self.call: Callable[[], object] | None
        self._before = 0
        self._changed = changed
        self._often = often
        self._visit = visit
        self._most = _FIRST
        self._measure()
        self._start(_FIRST if visit is None else 0)

    @property
    def count(self) -> int | None:
        """Calls up to now."""
        if self.call is None:
            return None
        return self._before + self._size - operator.length_hint(self._batch)

    def _start(self, size: int) -> None:
        self._size = size
        self._batch = iter(range(size))
        self.call = itertools.chain(self._batch, iter(self._look, None)).__next__

    def _measure(self) -> None:
        """Begin to measure how fast the calls come."""
        self._since = self._before
        self._began = time.monotonic()

    def _look(self) -> bool:
        """The call after the last one of a batch."""
        self._before += self._size + 1
        self._start(0)  # what is left if a signal's handler raises
        passed = self._before - self._since
        if passed >= _FIRST:
            interval = (time.monotonic() - self._began) / passed
            if interval < self._often:
                self.call = None
                self._changed()
                return True
            self._most = max(_FIRST, min(_MOST, int(_LOOK / interval)))
            self._measure()
        size = self._most
        if self._visit is not None:
            size = min(size, self._visit(self._before, sys._getframe(1)))
        self._start(size)
        self._changed()
        return True
