"""How often each block has been passed, counted in C.

A count says where in a run a savepoint stands, for those who want to go to the 1200th pass of a
line. It is kept by an iterator of C that is called at the check, 45 ns, and now and then by Python,
which looks how fast the passes come: a block that is passed too often is no longer counted.
"""

from __future__ import annotations

import itertools
import operator
import time
from collections.abc import Callable

_OFTEN = 50e-6  # seconds, of which counting is 0.1%
_FIRST = 256  # passes until the first look
_LOOK = 0.25  # seconds between two looks
_MOST = 16384  # passes between them, so that a loop that becomes tight is seen within 1 ms


class Counter:
    """Counts the calls of `call`, which another one replaces after each look: `changed` is told
    then. Once there are less than `often` seconds between two, `call` and `count` are None."""

    def __init__(self, changed: Callable[[], None], often: float = _OFTEN) -> None:
        self.call: Callable[[], object] | None
        self._before = 0
        self._changed = changed
        self._often = often
        self._start(_FIRST)

    @property
    def count(self) -> int | None:
        """Calls up to now."""
        if self.call is None:
            return None
        return self._before + self._size - operator.length_hint(self._batch)

    def _start(self, size: int) -> None:
        self._size = size
        self._batch = iter(range(size))
        self._began = time.monotonic()
        self.call = itertools.chain(self._batch, iter(self._look, None)).__next__

    def _look(self) -> bool:
        """The call after the last one of a batch."""
        interval = (time.monotonic() - self._began) / self._size
        self._before += self._size + 1
        if interval < self._often:
            self.call = None
        else:
            self._start(max(_FIRST, min(_MOST, int(_LOOK / interval))))
        self._changed()
        return True
