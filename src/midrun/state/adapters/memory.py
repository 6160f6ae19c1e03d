"""Memory that arrays and tensors share.

A `Region` is a range of addresses together with the object that is saved for it: an array or a
storage of the program's own where there is one, else a `Held`. Whatever lies in a region is saved
as a view of that object, which the pickle holds once: so what shared memory still does after
loading, and what only had equal contents does not come to.
"""

from __future__ import annotations

import ctypes
from bisect import bisect_right, insort
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from midrun.state import rebuild
from midrun.state.loaded import loaded

if TYPE_CHECKING:
    from midrun.state.pickling import Saver

SMALL = 1 << 16
"""Memory of fewer bytes goes into the pickle itself; the rest leaves it as blobs."""

_ALIGNMENT = 64
_REGIONS = 0  # where a Saver's `memory` keeps its regions: no object lies at this address


@dataclass(frozen=True)
class Region:
    """`length` bytes at `start`, saved as `target`."""

    start: int
    length: int
    target: Any


class Regions:
    """The memory that one save has met."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._by_start: dict[int, Region] = {}

    def find(self, start: int, length: int) -> Region | None:
        """The region that all of `length` bytes at `start` lie in."""
        region = self._below(start)
        if region and start + length <= region.start + region.length:
            return region
        return None

    def add(self, start: int, length: int, target: Any) -> bool:
        """Save `length` bytes at `start` as `target` from now on, which keeps them alive.

        False if a part of them was saved before, as a part of something else.
        """
        last = self._below(start + length - 1)
        apart = (
            last is None
            or last.start + last.length <= start
            or (last.start, last.length) == (start, length)
        )
        if start not in self._by_start:
            insort(self._starts, start)
        self._by_start[start] = Region(start, length, target)
        return apart

    def _below(self, address: int) -> Region | None:
        index = bisect_right(self._starts, address)
        return self._by_start[self._starts[index - 1]] if index else None


def regions(saver: Saver) -> Regions:
    """The regions of a save."""
    found: Regions | None = saver.memory.get(_REGIONS)
    if found is None:
        found = saver.memory[_REGIONS] = Regions()
        _claim_bytearrays(saver)
    return found


def _claim_bytearrays(saver: Saver) -> None:
    """Let each bytearray in a variable stand for its memory: a tensor over it (torch.frombuffer)
    does not tell whose memory it is over."""
    for namespace in saver.session.variables:
        for value in namespace.values():
            if type(value) is bytearray and value:
                start = ctypes.addressof(ctypes.c_char.from_buffer(value))
                claim(saver, start, len(value), value)


def claim(saver: Saver, start: int, length: int, target: Any) -> None:
    """Let `target` stand for `length` bytes at `start`."""
    if not regions(saver).add(start, length, target):
        saver.note(
            "changed",
            f"{type(target).__module__}.{type(target).__qualname__} object",
            "it shares a part of its memory with something that was saved before it, and will not "
            "share it after the resume",
        )


class Held:
    """Memory that is saved by itself; comes back as a writable memoryview.

    `owner` is kept, and with it the memory, until the save ends.
    """

    def __init__(self, saver: Saver, data: memoryview, owner: Any) -> None:
        self.owner = owner
        if data.nbytes < SMALL:
            self._made: tuple[Any, ...] = (aligned, (bytes(data),))
        else:
            self._made = (rebuild.memory, (saver.session.blobs.put(data),))

    def __reduce__(self) -> Any:
        return self._made


def hold(saver: Saver, start: int, length: int, owner: Any) -> tuple[Any, int]:
    """What to save for `length` bytes at `start` that belong to `owner`, an object that is not
    saved itself, and the offset of the bytes in it."""
    region = regions(saver).find(start, length)
    if region is None:
        target = Held(saver, bytes_at(start, length), owner)
        claim(saver, start, length, target)
        return target, 0
    return region.target, start - region.start


def bytes_at(start: int, length: int) -> memoryview:
    """The memory at an address, which must outlive the result."""
    return memoryview((ctypes.c_char * length).from_address(start)).cast("B")


def aligned(data: bytes) -> memoryview:
    """A writable copy of `data` that begins at a multiple of 64 bytes, as torch allocates."""
    space = bytearray(len(data) + _ALIGNMENT)
    address = ctypes.addressof(ctypes.c_char.from_buffer(space))
    begin = -address % _ALIGNMENT
    view = memoryview(space)[begin : begin + len(data)]
    view[:] = data
    return view


def buffer(target: Any) -> memoryview:
    """The bytes of what a region was saved as. Called while loading."""
    numpy, torch = loaded("numpy"), loaded("torch")
    if torch is not None and isinstance(target, torch.UntypedStorage):
        whole = torch.empty(0, dtype=torch.uint8, device="cpu").set_(target)
        return memoryview(whole.numpy())
    if numpy is not None and isinstance(target, numpy.ndarray):
        return memoryview(flat(target))
    return memoryview(target).cast("B")


def flat(array: Any) -> Any:
    """The bytes of a contiguous array, in the order of memory, as an array over it."""
    import numpy

    plain = array.view(numpy.ndarray)
    return plain.ravel(order="A").view(numpy.uint8)
