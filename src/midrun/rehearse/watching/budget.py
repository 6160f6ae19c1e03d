"""How much time watching may take."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


class Budget:
    """Looks that cost time: the first `free` of a kind always, later ones, and those that are not
    `early`, only while all of them together take less than `share` of the time since the first
    one."""

    def __init__(self, share: float, free: int) -> None:
        self._share = share
        self._free = free
        self._counts: dict[Any, int] = {}
        self._began: float | None = None
        self._spent = 0.0

    def allows(self, kind: Any, *, early: bool = True) -> bool:
        """Whether one more look may be taken."""
        now = time.perf_counter()
        if self._began is None:
            self._began = now
        count = self._counts[kind] = self._counts.get(kind, 0) + 1
        if early and count <= self._free:
            return True
        return self._spent < self._share * (now - self._began)

    def timed(self, action: Callable[[], Any]) -> Any:
        """Take it."""
        began = time.perf_counter()
        try:
            return action()
        finally:
            self._spent += time.perf_counter() - began
