"""What libraries count up: the attributes of their objects that `+=` adds to.

A loop of a framework counts in methods of other objects (`self.progress.increment_ready()`), and
its end and its conditions depend on these. What a counter grows by in each round is seen in the
first rounds, also where that is every fourth round only; with rounds left out it moves on as these
would have moved it.
"""

from __future__ import annotations

import contextlib
import itertools
import weakref
from collections.abc import Collection, Iterator
from typing import Any

Key = tuple[int, str]
_KEPT = 128  # rounds whose growth is kept


class Counters:
    """The attributes that have been counted up."""

    def __init__(self) -> None:
        self._known: dict[Key, weakref.ref[Any]] = {}

    def counts(self, owner: Any, name: str) -> None:
        """`_@counts`: an attribute of an object was added to."""
        key = id(owner), name
        if key not in self._known:
            with contextlib.suppress(TypeError):  # it can't be referred to weakly
                self._known[key] = weakref.ref(owner, lambda _: self._known.pop(key, None))

    def values(self) -> dict[Key, int]:
        """Those that are whole numbers now."""
        found = {}
        for (number, name), ref in tuple(self._known.items()):
            value = getattr(ref(), name, None)
            if type(value) is int:
                found[number, name] = value
        return found

    def set(self, values: dict[Key, int]) -> None:
        """Give them these values."""
        for key, value in values.items():
            ref = self._known.get(key)
            owner = ref() if ref is not None else None
            if owner is not None:
                with contextlib.suppress(AttributeError):  # it is computed from something else
                    setattr(owner, key[1], value)


class Growth:
    """What they have grown by in the rounds of one loop. `heads` are the values at the heads of the
    rounds since the last that was left out, which is round `begin`."""

    def __init__(self) -> None:
        self._begin = 0
        self._heads: list[dict[Key, int]] = []
        self._patterns: dict[Key, list[int]] = {}
        self._seen: dict[Key, int] = {}  # the growths that a pattern was found in

    def head(self, index: int, values: dict[Key, int]) -> None:
        """A round begins, with these values."""
        known = index - self._begin
        if not 0 <= known <= len(self._heads):
            self.settle()
            self._begin, self._heads, known = index, [], 0
        if known <= _KEPT:
            self._heads[known:] = [values]

    def ahead(self, now: dict[Key, int], begin: int, end: int) -> dict[Key, int]:
        """What they will be at the head of round `end`, if they have these values at the head of
        round `begin`: those that grow at all."""
        moved = {key: now[key] + grown for key, grown in self._grown(begin, end) if key in now}
        return {key: value for key, value in moved.items() if value != now[key]}

    def _grown(self, begin: int, end: int) -> Iterator[tuple[Key, int]]:
        for key, pattern in self._patterns.items():
            times, rest = divmod(end - begin, len(pattern))
            partly = (pattern[index % len(pattern)] for index in range(begin, begin + rest))
            yield key, times * sum(pattern) + sum(partly)

    def settle(self) -> None:
        """Find what each one grows by, from the rounds at hand."""
        if len(self._heads) < 2:
            return
        for key in self._heads[-1]:
            values = [head[key] for head in self._heads if key in head]
            grown = [after - before for before, after in itertools.pairwise(values)]
            if len(grown) < self._seen.get(key, 0):
                continue
            pattern = period(grown)
            self._patterns.pop(key, None)
            if pattern is not None:
                self._seen[key] = len(grown)
                shift = (self._begin + len(self._heads) - 1) % len(pattern)
                self._patterns[key] = pattern[-shift:] + pattern[:-shift] if shift else pattern


def period(numbers: Collection[int]) -> list[int] | None:
    """The shortest list that these numbers repeat, from the second one on if there are several (a
    loop may set a counter back as it begins), so that the last one comes last; None if they don't
    repeat."""
    numbers = list(numbers)
    if len(numbers) < 2:
        return numbers or None
    known = numbers[1:] if len(numbers) > 2 else numbers
    for length in range(1, max(1, len(known) // 2) + 1):
        if all(before == after for before, after in zip(known, known[length:], strict=False)):
            return known[-length:] if min(known) >= 0 else None
    return None
