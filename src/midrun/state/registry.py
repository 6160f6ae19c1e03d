"""The table of adapters: how objects of a type are saved, where ordinary pickling is not enough.

An adapter is a function `reduce(obj, saver)` for a type, registered under the type's qualified
name, so that a library need not be imported for it. It returns what `__reduce__` may return, or
NotImplemented to leave the object to the next in line (a base class's adapter, then ordinary
pickling). Other packages add adapters through the entry point group `midrun.adapters`: each entry
is a function that takes `register`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from midrun.state.pickling import Saver

Reduce = Callable[[Any, "Saver"], Any]


class Registry:
    """Adapters by the qualified name of their type."""

    def __init__(self) -> None:
        self._by_name: dict[str, Reduce] = {}

    def register(self, name: str, reduce: Reduce, *, exact: bool = False) -> None:
        """Save objects of the type `name` ("module.QualName") with `reduce`, and those of its
        subclasses too unless `exact`."""
        self._by_name["=" + name if exact else name] = reduce

    def find(self, kind: type) -> Reduce | None:
        """The adapter for `kind`: its own or that of the nearest base class."""
        name = f"{kind.__module__}.{kind.__qualname__}"
        if "=" + name in self._by_name:
            return self._by_name["=" + name]
        for base in kind.__mro__:
            reduce = self._by_name.get(f"{base.__module__}.{base.__qualname__}")
            if reduce is not None:
                return reduce
        return None


def default_registry() -> Registry:
    """midrun's own adapters and those of installed packages."""
    from importlib.metadata import entry_points  # 13 ms, which an empty script need not wait

    from midrun.state.adapters import ADAPTERS

    registry = Registry()
    for module in ADAPTERS:
        module.add(registry)
    for entry in entry_points(group="midrun.adapters"):
        entry.load()(registry.register)
    return registry
