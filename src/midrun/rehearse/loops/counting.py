"""What libraries count up: the attributes of their objects that `+=` adds to.

A loop of a framework counts in methods of other objects (`self.progress.increment_ready()`), and
its end and its conditions depend on these. They move on with rounds left out (see `growth`).
"""

from __future__ import annotations

import contextlib
import weakref
from typing import Any

Key = tuple[int, str]  # an object's id, and the name of its attribute


class Counters:
    """The attributes that have been counted up, and what each was before it was `first`."""

    def __init__(self) -> None:
        self._known: dict[Key, weakref.ref[Any]] = {}
        self.first: dict[Key, int] = {}

    def counts(self, owner: Any, name: str) -> None:
        """`_@counts`: an attribute of an object is about to be added to."""
        key = id(owner), name
        value = getattr(owner, name, None) if key not in self._known else None
        if type(value) is int:
            with contextlib.suppress(TypeError):  # it can't be referred to weakly
                self._known[key] = weakref.ref(owner, lambda _: self._gone(key))
                self.first[key] = value

    def _gone(self, key: Key) -> None:
        self._known.pop(key, None)
        self.first.pop(key, None)

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
