"""A clock: a raw thread, which `threading` does not know of and which ends before each fork (Python
3.12 and later warn of a fork with threads running)."""

from __future__ import annotations

import _thread
import os
from collections.abc import Callable


class Clock:
    """Calls `tick` in its thread, every `period` seconds, from `start` to `stop`."""

    def __init__(self, tick: Callable[[], None], period: float) -> None:
        self._tick = tick
        self._period = period
        self._running = False
        self._stop = _thread.allocate_lock()
        self._stopped = _thread.allocate_lock()
        self._forked = False
        os.register_at_fork(
            before=self._before_fork,
            after_in_parent=self._after_fork,
            after_in_child=self._forget,
        )

    def start(self) -> None:
        """Begin, unless it has begun."""
        if not self._running:
            self._running = True
            self._stop.acquire()
            self._stopped.acquire()
            _thread.start_new_thread(self._run, ())

    def stop(self) -> None:
        """End; the thread is gone when this returns."""
        if self._running:
            self._running = False
            self._stop.release()
            with self._stopped:
                pass

    def _run(self) -> None:
        while not self._stop.acquire(timeout=self._period):
            self._tick()
        self._stop.release()
        self._stopped.release()

    def _before_fork(self) -> None:
        self._forked = self._running
        self.stop()

    def _after_fork(self) -> None:
        if self._forked:
            self.start()

    def _forget(self) -> None:
        self._forked = False
