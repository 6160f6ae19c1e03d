"""File locks between processes.

They are flock(2) locks, not POSIX ones (fcntl.lockf). A POSIX lock isn't inherited by a forked
child, but it is lost when its process closes *any* descriptor of the file, and a process can't
see its own: asking whether a run is alive would end it. An flock belongs to the open file, so
both work, but a forked child shares it and would keep a dead run alive. `forget_in_children`
therefore closes the child's copy, which leaves the parent's lock as it is. (A child made by C
code that skips Python's fork hooks and doesn't exec keeps a copy until it exits.)
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
import weakref
from pathlib import Path


class FileLock:
    """A lock on the file `path`, which is made if need be; not held until asked for."""

    def __init__(self, path: Path, *, create: bool = True) -> None:
        # Some network file systems grant an exclusive lock only on a writable descriptor.
        flags = os.O_RDWR | os.O_CREAT if create else os.O_RDONLY
        self._fd: int | None = None
        self._fd = os.open(path, flags, 0o666)

    def forget_in_children(self) -> None:
        """Close this lock in every process forked from here on."""
        me = weakref.ref(self)

        def forget() -> None:
            if (lock := me()) is not None:
                lock.close()

        os.register_at_fork(after_in_child=forget)

    def take(self, *, shared: bool = False, wait: bool = True) -> bool:
        """Take the lock; return False if `wait` is false and somebody else holds it."""
        assert self._fd is not None
        how = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(self._fd, how if wait else how | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def take_within(self, seconds: float) -> bool:
        """Take the lock alone; return False if it could not be had within `seconds`."""
        end = time.monotonic() + seconds
        while not self.take(wait=False):
            if time.monotonic() > end:
                return False
            time.sleep(0.0005)
        return True

    def release(self) -> None:
        """Let go of the lock, for forked copies of it too."""
        if self._fd is not None:
            fcntl.flock(self._fd, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the file. The lock ends with the last open copy."""
        if self._fd is not None:
            fd, self._fd = self._fd, None
            os.close(fd)

    def __del__(self) -> None:
        self.close()


class Gate:
    """A shared lock that several threads of a process hold together, counted.

    The gate of a store is held by a draft while it collects blobs, and for the moment in which a
    draft becomes a savepoint. gc deletes blobs only while it has the gate for itself. So under
    gc's eyes no draft looks for a blob, and none turns into a savepoint.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock: FileLock | None = None
        self._guard = threading.Lock()
        self._holders = 0

    def __enter__(self) -> None:
        with self._guard:
            if self._lock is None:
                self._lock = FileLock(self._path)
                self._lock.forget_in_children()
            if self._holders == 0:
                self._lock.take(shared=True)
            self._holders += 1

    def __exit__(self, *_: object) -> None:
        with self._guard:
            self._holders -= 1
            if self._holders == 0 and self._lock is not None:
                self._lock.release()


def is_held(path: Path) -> bool:
    """Whether some process, this one included, holds the lock on `path` for itself."""
    try:
        lock = FileLock(path, create=False)
    except FileNotFoundError:
        return False
    try:
        return not lock.take(shared=True, wait=False)
    finally:
        lock.close()
