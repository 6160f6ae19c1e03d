"""The savepoints in memory: closer to where a training is than those on disk.

A NaN or a crash is best looked at from shortly before it. Writing the whole state every second
would wear out a disk, copying it would not; so the newest copies are kept, and written only once
they are wanted. They are lost where the process is killed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from midrun.store import Held, Pending

_KEPT = 2  # the newest one may be from after the bad step, if that is seen late
_FIRST = 32 << 20  # bytes that the first one may find ready
_MOST = 256 << 20  # bytes of one, that the store does not have yet


class Memory:
    """Holds some savepoints of a run. `make_room` is to have memory ready for so many bytes."""

    def __init__(self, make_room: Callable[[int], None]) -> None:
        self._held: deque[Held] = deque(maxlen=_KEPT)
        self._make_room = make_room
        self._is_expected = False
        self._is_full = False

    def is_of_use(self) -> bool:
        """Whether it takes more: not once one was so large that there is room for no more."""
        if not self._is_expected:
            self._is_expected = True
            self._make_room(_FIRST)
        return not self._is_full

    def keep(self, held: Held) -> None:
        """Take in the newest one."""
        if held.copied > _MOST:
            self._is_full = True
        else:
            self._held.append(held)
            self._make_room(held.copied)

    def write(self, writing: Callable[[], None]) -> Pending | None:
        """Write all, and return the newest; `writing` is called before each.

        Also before one that goes to the disk anyway: code that runs for the first time is often
        what a program does when it has seen a NaN, and then that one is too late, and the newest
        of these may be."""
        pending = None
        while self._held:
            writing()
            pending = self._held.popleft().write()
        return pending
