"""Stopping the program before a statement, wherever it runs, at no cost until then.

A trace function sees the next line event, within some microseconds, even in a loop without a call;
once it is taken away the program runs at full speed. It is one of C (`PyEval_SetTrace`): for a
`sys.settrace` one CPython up to 3.12 makes a dictionary of the locals of each frame, which keeps
them alive, and writes it back (call_trampoline in Python/sysmodule.c).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import time
import traceback
import types
from collections.abc import Callable, Iterator

_Function = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.py_object, ctypes.c_int, ctypes.c_void_p
)
_LINE = 2  # PyTrace_LINE


class Stops:
    """While armed, calls `reached` with each frame of the thread that is about to run a line."""

    def __init__(self, reached: Callable[[types.FrameType], None]) -> None:
        self.armed = False
        self._reached = reached
        self._until = 0.0
        self._function = _Function(self._event)

    def arm(self, seconds: float = float("inf")) -> bool:
        """Begin, for so many seconds, in this thread; False if a debugger or the like traces the
        program already."""
        if not self.armed and sys.gettrace() is not None:
            return False
        self._until = time.monotonic() + seconds
        if not self.armed:
            self.armed = True
            _set_trace(self._function)
        return True

    def disarm(self) -> None:
        """End, unless it has ended."""
        if self.armed:
            self.armed = False
            if sys.gettrace() is None:  # else the program has begun to trace itself
                _set_trace(None)

    @contextlib.contextmanager
    def suspended(self) -> Iterator[None]:
        """Not armed meanwhile; after it as before, unless `disarm` was called."""
        was_armed, until = self.armed, self._until
        self.disarm()
        self.armed = was_armed
        try:
            yield
        finally:
            if self.armed:
                self.armed = False
                self.arm(until - time.monotonic())

    def _event(self, _: int, frame: types.FrameType, what: int, __: int) -> int:
        try:
            if time.monotonic() > self._until:
                self.disarm()
            elif what == _LINE:
                self._reached(frame)
        except BaseException:  # nothing can be raised through C: only midrun's own tests get here
            traceback.print_exc()
            os._exit(70)
        return 0


def _set_trace(function: ctypes._FuncPointer | None) -> None:
    set_trace = ctypes.pythonapi["PyEval_SetTrace"]
    set_trace.restype = None
    set_trace.argtypes = [_Function if function else ctypes.c_void_p, ctypes.c_void_p]
    set_trace(function, None)
