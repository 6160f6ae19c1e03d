"""Functions that the program has registered with `atexit`: Python keeps no list that can be read,
so one is kept here."""

from __future__ import annotations

import atexit
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from midrun.run.current import Run

Entry = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]


class Exits:
    """Takes the place of `atexit.register` and `atexit.unregister`, which it calls."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._register = atexit.register
        self._unregister = atexit.unregister
        self._entries: list[Entry] = []
        atexit.register = self.register
        atexit.unregister = self.unregister

    def __reduce__(self) -> Any:
        return getattr, (self._run, "exits")

    def register(self, func: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        self._entries.append((func, args, kwargs))
        return self._register(func, *args, **kwargs)

    def unregister(self, func: Callable[..., Any], /) -> None:
        self._entries = [entry for entry in self._entries if entry[0] != func]
        self._unregister(func)

    def of(self, modules: frozenset[str]) -> list[Entry]:
        """The entries whose function belongs to one of these modules."""
        return [entry for entry in self._entries if _module(entry[0]) in modules]

    def restore(self, entries: list[Entry]) -> None:
        """Register again what a savepoint had."""
        for func, args, kwargs in entries:
            self.register(func, *args, **kwargs)


def _module(func: Callable[..., Any]) -> str:
    owner = getattr(func, "__self__", None)
    return getattr(func, "__module__", None) or type(owner).__module__
