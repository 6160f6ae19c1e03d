"""Lines that the program prints, for the log.

`write` of the stream itself is replaced, on the instance: `sys.stdout` stays the same object, of
the same type. What C code or another process writes to the file descriptor is not seen.
"""

from __future__ import annotations

import os
import sys
import time
import types
from collections.abc import Callable, Container
from typing import Any

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_MOST = 10_000  # lines of a run
_LONGEST = 500  # characters of a line
_TOGETHER = 64  # lines that are written at once
_WAIT = 0.5  # seconds for which lines wait for others

Event = dict[str, Any]


class Printed:
    """Gives lines with their place to `log`, some at a time. `own` has the program's files,
    `elapsed` tells the seconds since it began."""

    def __init__(
        self,
        log: Callable[[list[Event]], None],
        own: Container[str],
        elapsed: Callable[[], float],
    ) -> None:
        self._log = log
        self._own = own
        self._elapsed = elapsed
        self._pid = os.getpid()
        self._count = 0
        self._waiting: list[Event] = []
        self._flushed = 0.0
        self._begun: dict[str, str] = {}
        self._taps: list[Tap] = []

    def begin(self) -> None:
        """Hear what is printed from now on."""
        for name in ("stdout", "stderr"):
            stream: Any = getattr(sys, f"__{name}__")
            if hasattr(stream, "__dict__"):  # there may be no stream at all
                tap = Tap(stream, name, self._heard)
                stream.write = tap
                self._taps.append(tap)

    def end(self) -> None:
        """Hear no more. Who holds a `write` from before can go on with it."""
        for tap in self._taps:
            tap.leave()
        self._taps.clear()
        self.flush()

    def flush(self) -> None:
        """Log the lines that wait for others."""
        waiting, self._waiting = self._waiting, []
        self._flushed = time.monotonic()
        if waiting and os.getpid() == self._pid:
            self._log(waiting)

    def _heard(self, name: str, text: str, frame: types.FrameType) -> None:
        if os.getpid() != self._pid or frame.f_code.co_filename.startswith(_PACKAGE):
            return
        *lines, rest = (self._begun.get(name, "") + text).split("\n")
        # A progress bar goes back to the start of its line again and again.
        self._begun[name] = rest.rpartition("\r")[2][:_LONGEST]
        if not lines:
            return
        place = self._place(frame)
        for line in lines:
            shown = line.rstrip("\r").rpartition("\r")[2][:_LONGEST]
            self._waiting.append({
                "time": time.time(), "event": "printed", "elapsed": round(self._elapsed(), 3),
                "to": name, "text": shown, "place": place,
            })  # fmt: skip
        self._count += len(lines)
        waited = time.monotonic() - self._flushed
        if len(self._waiting) >= _TOGETHER or waited > _WAIT:
            self.flush()
        if self._count >= _MOST:
            self.end()

    def _place(self, frame: types.FrameType | None) -> tuple[str, int] | None:
        """The line of the program that prints."""
        while frame is not None:
            if frame.f_code.co_filename in self._own:
                return frame.f_code.co_filename, frame.f_lineno
            frame = frame.f_back
        return None


class Tap:
    """Stands for the method `write` of a stream. In a savepoint it is that method."""

    def __init__(
        self, stream: Any, name: str, heard: Callable[[str, str, types.FrameType], None]
    ) -> None:
        self.__self__ = stream
        self.__name__ = "write"
        self._write = stream.write
        self._name = name
        self._heard: Callable[[str, str, types.FrameType], None] | None = heard

    def __call__(self, text: str, /) -> int:
        count: int = self._write(text)
        if self._heard is not None:
            try:
                self._heard(self._name, text, sys._getframe(1))
            except Exception:  # whatever it is, it must not harm the program
                self.leave()
        return count

    def leave(self) -> None:
        """Give the stream its own method back, unless somebody else has replaced it."""
        self._heard = None
        if vars(self.__self__).get("write") is self:
            del self.__self__.write

    def __reduce__(self) -> Any:
        return getattr, (self.__self__, "write")

    def __deepcopy__(self, memo: Any) -> Tap:
        return self  # as a built-in method is
