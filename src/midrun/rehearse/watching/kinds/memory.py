"""Containers that grow with every round of a training."""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from midrun.rehearse.fault import Fault
from midrun.rehearse.watching.holdings import CONTAINERS, Held
from midrun.rehearse.watching.lines import growing_line, is_bounded
from midrun.rehearse.watching.loops import Entry
from midrun.rehearse.watching.places import Place
from midrun.rehearse.watching.watcher import Watcher, fault

# What a container has to come to by the end of the run: a list of the losses of a million steps is
# smaller, and so is what an evaluation gathers to compute a score from.
_MATTERS = 1 << 28  # bytes
_UNKNOWN = 100_000  # rounds of a loop that does not say how many it has
_GROWTHS = 2


@dataclass
class _Grown:
    """A container at the starts of rounds that were looked at: how many items it had, how many
    items and bytes were added in how many `rounds` (`seen` is the number of rounds up to the last
    look), and whether it was ever smaller than before (begun anew, or bounded)."""

    entry: Entry
    file: str
    size: int = 0
    bytes: float = 0.0
    items: int = 0
    rounds: int = 0
    seen: int = 0
    growths: int = 0
    shrank: bool = False
    limit: int | None = None


class MemoryGrows(Watcher):
    """Only loops that train count: to read data into memory is no fault. What it comes to is the
    bytes of a round times the rounds of the loops; a container that an outer loop begins anew is
    counted for one time through the inner one."""

    def __init__(self, scene: Any) -> None:
        super().__init__(scene)
        self._grown: dict[tuple[Place, str], _Grown] = {}

    def round(self, entry: Entry, begins: bool, frame: types.FrameType) -> None:
        if self.scene.budget.allows(("memory", entry.place), early=self.scene.is_early(entry)):
            self.scene.budget.timed(lambda: self._look(entry, frame))

    def _look(self, entry: Entry, frame: types.FrameType) -> None:
        for held in self.scene.holdings(frame):
            value, kind = held.value, type(held.value)
            if isinstance(value, CONTAINERS):
                if kind is not tuple and not getattr(value, "maxlen", None):
                    self._saw(entry, held)
            elif hasattr(kind, "nbytes") and hasattr(kind, "__len__"):
                self._saw_array(entry, held)

    def _saw(self, entry: Entry, held: Held) -> None:
        known = self._grown.get((entry.place, held.path))
        value, size = held.value, len(held.value)
        if known is None or known.entry is not entry:
            self._begin(entry, held, size)
            return
        added = size - known.size
        if added > 0:
            known.items += added
            known.bytes += added * _size(_newest(value))
            known.limit = self._keys(value)
        self._note(known, added, size)

    def _saw_array(self, entry: Entry, held: Held) -> None:
        known = self._grown.get((entry.place, held.path))
        size = _bytes(held.value)
        if known is None or known.entry is not entry:
            self._begin(entry, held, size)
            return
        known.bytes += max(0, size - known.size)
        self._note(known, size - known.size, size)

    def _begin(self, entry: Entry, held: Held, size: int) -> None:
        known = self._grown.setdefault((entry.place, held.path), _Grown(entry, held.file))
        known.shrank |= size < known.size
        known.entry, known.size, known.seen = entry, size, entry.visited

    def _note(self, known: _Grown, added: int, size: int) -> None:
        known.growths += added > 0
        known.rounds += known.entry.visited - known.seen
        known.seen = known.entry.visited
        known.shrank |= added < 0
        known.size = size

    def _keys(self, value: Any) -> int | None:
        """How many keys there can be where they are numbers of items of a data set."""
        if not isinstance(value, dict) or type(next(reversed(value))) is not int:
            return None
        lengths = (_items(loader.ref()) for loader in self.scene.all_loaders)
        most = max(lengths, default=0)
        return most if next(reversed(value)) < most else None

    def faults(self) -> Iterator[Fault]:
        told: set[tuple[str, str]] = set()
        for (loop, path), known in self._grown.items():
            if known.growths < _GROWTHS or not known.entry.backwards or (loop.file, path) in told:
                continue
            rounds = _rounds(known)
            each = known.bytes / max(1, known.rounds)
            total = each * rounds
            if known.limit is not None and known.items:
                total = known.bytes / known.items * known.limit
            if total < min(_MATTERS, _memory() / 20) or is_bounded(known.file, path):
                continue
            told.add((loop.file, path))
            yield from fault(
                "memory-grows",
                growing_line(loop, path, known.file),
                f"{path} grows by {_told(each)} with each round",
                f"{_told(total)} after {rounds} rounds of line {loop.line}",
            )


def _rounds(known: _Grown) -> int:
    """For how many rounds it grows: until it is begun anew."""
    rounds = 1
    for entry in known.entry.outwards():
        rounds *= entry.length.rounds if entry.length.is_sure else _UNKNOWN
        if known.shrank or not entry.length.is_sure:
            break
    return rounds


def _newest(value: Any) -> Any:
    if isinstance(value, dict):
        return value[next(reversed(value))]
    return next(iter(value)) if isinstance(value, set) else value[-1]


def _size(item: Any, depth: int = 3) -> int:
    """The bytes of an item: of its arrays and tensors, and roughly of the rest."""
    if hasattr(type(item), "nbytes"):
        return _bytes(item) + 64
    if isinstance(item, CONTAINERS) and depth and len(item):
        parts = list(item.values() if isinstance(item, dict) else item)[:20]
        return int(sum(_size(part, depth - 1) for part in parts) * len(item) / len(parts)) + 64
    return sys.getsizeof(item, 64)


def _bytes(array: Any) -> int:
    """The bytes of an array or a tensor; 0 where it can't tell (one that is sparse)."""
    try:
        return int(array.nbytes)
    except (RuntimeError, TypeError):
        return 0


def _items(loader: Any) -> int:
    dataset = getattr(loader, "dataset", None)
    return len(dataset) if dataset is not None and hasattr(dataset, "__len__") else 0


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _told(size: float) -> str:
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= scale:
            return f"{size / scale:.1f} {unit}"
    return f"{size:.0f} bytes"
