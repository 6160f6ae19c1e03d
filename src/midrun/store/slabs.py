"""Memory for the copies of changed bytes, kept from one savepoint to the next.

A copy is made while the program stands still, and most of its cost is not the copying but the
page faults of fresh memory: 300 MB took 110 ms into fresh memory, 30 ms into fresh huge pages
and 18 ms into memory that was there already. So slabs ask for huge pages and go back to a pool.
There they are lent to the kernel (MADV_FREE): it may take their pages when memory is short, and
until then the next copy finds them in place. Where it is known that more will be wanted, a thread
touches the pages beforehand: in a virtual machine whose host has to find memory, too, 14 MB took
35 to 137 ms into fresh huge pages.
"""

from __future__ import annotations

import contextlib
import ctypes
import mmap
from collections.abc import Iterator

_PAGES = 2 << 20  # bytes that are touched at a time: a huge page
SLAB = 32 << 20  # bytes; a slab's pages come into being as they are written
_WIPE_ON_FORK = 18  # MADV_WIPEONFORK of linux/mman.h, which the mmap module has no name for


class Pool:
    """Slabs that are free, and the one that is being filled."""

    def __init__(self) -> None:
        self._free: list[mmap.mmap] = []
        self._slab: _Slab | None = None

    def copy(self, parts: list[memoryview]) -> Copy:
        """Copy `parts` (format B), one after another, and return the copy."""
        copy = Copy()
        for data in parts:
            while data:
                if self._slab is None or self._slab.used == SLAB:
                    self._slab = _Slab(self._free.pop() if self._free else _allocate(), self._free)
                data = data[copy.add(self._slab, data) :]
        return copy

    def lacks(self, length: int) -> bool:
        """Whether copies of `length` bytes would have to wait for fresh memory."""
        return len(self._free) * SLAB < length

    def fetch(self, length: int) -> Iterator[None]:
        """Get memory for copies of `length` bytes, in steps that leave other threads alone; none
        if the system has no more."""
        while self.lacks(length):
            try:
                memory = _allocate()
            except (OSError, MemoryError):
                return
            start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
            for offset in range(0, min(length, SLAB), _PAGES):
                ctypes.memset(start + offset, 0, _PAGES)
                yield
            self._free.append(memory)

    def rest(self) -> None:
        """Begin a new slab next time, so that this one can return once its copies are dropped."""
        self._slab = None

    def clear(self) -> None:
        """Give the free slabs back to the system."""
        self._free.clear()


class Copy:
    """A copy in one or more slabs, which stay out of the pool while it lives."""

    def __init__(self) -> None:
        self.segments: list[memoryview] = []
        self._slabs: list[_Slab] = []

    def add(self, slab: _Slab, data: memoryview) -> int:
        """Copy as much of `data` as fits into `slab`; return how many bytes that was."""
        count = min(data.nbytes, SLAB - slab.used)
        segment = memoryview(slab.memory)[slab.used : slab.used + count]
        segment[:] = data[:count]
        slab.used += count
        self.segments.append(segment)
        self._slabs.append(slab)
        return count


class _Slab:
    """One piece of memory on loan from a pool; it goes back when the last copy in it is dropped."""

    def __init__(self, memory: mmap.mmap, home: list[mmap.mmap]) -> None:
        self.memory = memory
        self.used = 0
        self._home = home

    def __del__(self) -> None:
        if _advise(self.memory, getattr(mmap, "MADV_FREE", None)):
            self._home.append(self.memory)


def _allocate() -> mmap.mmap:
    memory = mmap.mmap(-1, SLAB, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    # Forked workers don't need the copies, and sharing them would make each next write to a slab
    # a fault that copies a page.
    _advise(memory, _WIPE_ON_FORK)
    _advise(memory, getattr(mmap, "MADV_HUGEPAGE", None))
    return memory


def _advise(memory: mmap.mmap, advice: int | None) -> bool:
    """Pass on advice that this kernel may not know; return whether it took it."""
    with contextlib.suppress(OSError, ValueError):
        if advice is not None:
            memory.madvise(advice)
            return True
    return False
