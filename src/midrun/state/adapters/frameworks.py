"""Objects of frameworks that refuse to be pickled, or live beside the program."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from midrun.state.instances import reduce_raw

if TYPE_CHECKING:
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry

# Instances of Python classes that hold nothing but what can be saved.
_PLAIN = (
    "absl.flags._flag.Flag",
    "absl.flags._flagvalues.FlagValues",
)


def add(registry: Registry) -> None:
    for name in _PLAIN:
        registry.register(name, reduce_raw)
    registry.register("rich.console.Console", _console)


def _console(obj: Any, saver: Saver) -> Any:
    if obj is not sys.modules["rich"].__dict__.get("_console"):
        return NotImplemented
    return _global_console, (), dict(vars(obj))


def _global_console() -> Any:
    """The console that rich makes when it is first asked for it."""
    import rich

    return rich.get_console()
