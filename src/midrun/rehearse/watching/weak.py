"""What is known of objects, for as long as they live."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

_Known = TypeVar("_Known")


class Weakly(Generic[_Known]):
    """A table by the identity of objects, which it does not keep alive. Tensors compare element by
    element, so that a WeakKeyDictionary can't hold them."""

    def __init__(self) -> None:
        self._entries: dict[int, tuple[weakref.ref[Any], _Known]] = {}

    def get(self, key: Any) -> _Known | None:
        """What is known of an object."""
        entry = self._entries.get(id(key))
        return entry[1] if entry is not None and entry[0]() is key else None

    def __setitem__(self, key: Any, known: _Known) -> None:
        number, entries = id(key), self._entries

        def forget(reference: weakref.ref[Any]) -> None:
            if number in entries and entries[number][0] is reference:
                del entries[number]

        entries[number] = weakref.ref(key, forget), known

    def get_or_make(self, key: Any, make: Callable[[], _Known]) -> _Known:
        """What is known of an object, or what `make` gives from now on."""
        found = self.get(key)
        if found is None:
            self[key] = found = make()
        return found

    def items(self) -> Iterator[tuple[Any, _Known]]:
        """Those that live."""
        for reference, known in list(self._entries.values()):
            key = reference()
            if key is not None:
                yield key, known
