"""Savepoints within a framework: for programs whose loop is a library's.

A savepoint is taken at a line of the program's own. A framework may go on for long without calling
any (transformers' Trainer without a callback). Then lines of the framework do as well: of the
package that the program has called, since its loops are there, while what it calls in turn (torch,
the standard library) is more likely to be in the middle of something that can't be saved.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Container

_PATIENCE = 1.0  # seconds without a line of the program's own
_PAUSE = 10  # times as long as a try that failed


class Within:
    """Tells which lines of libraries may take a savepoint; `own` are the program's own files."""

    def __init__(self, own: Container[str]) -> None:
        self._own = own
        self._since: float | None = None
        self._not_before = 0.0

    def own_line(self) -> None:
        """A line of the program's own was reached."""
        self._since = None

    def failed(self, began: float, ended: float) -> None:
        """A try at a library's line failed."""
        self._not_before = ended + _PAUSE * (ended - began)

    def may_stop(self, frame: types.FrameType, now: float) -> bool:
        """Whether `frame`, which is about to run a line of a library, may be the innermost one of a
        savepoint. `now` is in seconds, on the clock of all other calls."""
        if self._since is None:
            self._since = now
        if now - self._since < _PATIENCE or now < self._not_before:
            return False
        package = _package(frame)
        return package is not None and package == self._called(frame)

    def _called(self, frame: types.FrameType) -> str | None:
        """The package that the innermost function of the program's own has called."""
        found = None
        current: types.FrameType | None = frame
        while current is not None and current.f_code.co_filename not in self._own:
            found = _package(current) or found
            current = current.f_back
        return found if current is not None else None


def _package(frame: types.FrameType) -> str | None:
    package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
    known = package in sys.stdlib_module_names or package in ("torch", "numpy", "midrun")
    return None if known else package
