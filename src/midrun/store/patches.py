"""Large memory that changed in a few places: only these are written.

A region of memory is known again, from one savepoint of a process to the next, by its address and
length. If few of its pieces have another hash now, they become a blob of their own, and a *recipe*
says which pieces of which blob make up the whole. A recipe is a small blob of JSON; a reference to
it is its key with "~" before it.
"""

from __future__ import annotations

import ctypes
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from midrun.store.blobs import PIECE

_MARK = "~"
_MOST = 0.5  # of a region's pieces may come from other blobs; beyond, it is written anew
Place = tuple[int, int]  # address, length
Source = tuple[str, int]  # blob, offset in it


def place_of(data: memoryview) -> Place | None:
    """Where writable memory lies; None of memory that can't be written to."""
    if data.readonly:
        return None
    return ctypes.addressof(ctypes.c_char.from_buffer(data)), data.nbytes


@dataclass(frozen=True)
class Region:
    """What the last savepoint held at a place: the hash of each piece, the blob that holds most of
    them, and where the others are."""

    digests: list[bytes]
    base: str
    others: dict[int, Source] = field(default_factory=dict)

    def changed(self, digests: list[bytes]) -> list[int] | None:
        """The pieces that are other ones now; None if they are too many."""
        pairs = zip(self.digests, digests, strict=True)
        changed = [n for n, (old, new) in enumerate(pairs) if old != new]
        few = len(self.others.keys() | set(changed)) <= _MOST * len(digests)
        return changed if few else None

    def patched(self, digests: list[bytes], changed: list[int], blob: str) -> Region:
        """With the changed pieces from `blob`, where they lie one after another."""
        new = {piece: (blob, index * PIECE) for index, piece in enumerate(changed)}
        return Region(digests, self.base, self.others | new)

    @property
    def keys(self) -> list[str]:
        """The blobs that it takes."""
        return list(dict.fromkeys([self.base, *(key for key, _ in self.others.values())]))

    def recipe(self, length: int) -> bytes:
        """How to make it, pieces that follow one another in one step."""
        steps: list[tuple[int, int, str, int]] = []
        for piece, (key, at) in sorted(self.others.items()):
            start, size = piece * PIECE, min(PIECE, length - piece * PIECE)
            if steps:
                to, taken, last, begin = steps[-1]
                if (to + taken, last, begin + taken) == (start, key, at):
                    steps[-1] = to, taken + size, last, begin
                    continue
            steps.append((start, size, key, at))
        return json.dumps({"base": self.base, "steps": steps}).encode()


def runs_of(pieces: list[int]) -> list[tuple[int, int]]:
    """Numbers as ranges: first and one past the last of each."""
    grouped = itertools.groupby(enumerate(pieces), lambda pair: pair[1] - pair[0])
    runs = [[piece for _, piece in group] for _, group in grouped]
    return [(run[0], run[-1] + 1) for run in runs]


def reference(recipe_key: str) -> str:
    """What stands for the memory that a recipe makes."""
    return _MARK + recipe_key


def is_reference(key: str) -> bool:
    return key.startswith(_MARK)


def assemble(key: str, blob: Callable[[str], memoryview]) -> memoryview:
    """The memory that a reference stands for; `blob` gives that of a key.

    Raises ValueError if its recipe makes no sense.
    """
    recipe = json.loads(bytes(blob(key.removeprefix(_MARK))))
    whole = blob(recipe["base"])
    for start, size, source, at in recipe["steps"]:
        part = blob(source)[at : at + size]
        if min(start, at) < 0 or start + size > whole.nbytes or part.nbytes != size:
            raise ValueError("a step of its recipe lies outside")
        whole[start : start + size] = part
    return whole
