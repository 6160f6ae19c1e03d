"""Objects of frameworks that refuse to be pickled, or live beside the program."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any

from midrun.state import rebuild
from midrun.state.instances import reduce_raw

if TYPE_CHECKING:
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry

# Instances of Python classes that hold nothing but what can be saved.
_PLAIN = (
    "absl.flags._flag.Flag",
    "absl.flags._flagvalues.FlagValues",
)
# Threads that only look at their own attributes, again and again, so that a new one can go on.
_WATCHERS = ("rich.live._RefreshThread",)


def add(registry: Registry) -> None:
    for name in _PLAIN:
        registry.register(name, reduce_raw)
    for name in _WATCHERS:
        registry.register(name, _watcher)
    registry.register("rich.console.Console", _console)


def _watcher(obj: threading.Thread, saver: Saver) -> Any:
    if not obj.is_alive():
        return NotImplemented
    of_any = vars(threading.Thread())
    state = {name: value for name, value in vars(obj).items() if name not in of_any}
    return _new_thread, (type(obj), obj.name, obj.daemon), state, None, None, rebuild.start_thread


def _new_thread(kind: type[threading.Thread], name: str, daemon: bool) -> threading.Thread:
    thread = kind.__new__(kind)
    threading.Thread.__init__(thread, name=name, daemon=daemon)
    return thread


def _console(obj: Any, saver: Saver) -> Any:
    if obj is not sys.modules["rich"].__dict__.get("_console"):
        return NotImplemented
    return _global_console, (), dict(vars(obj))


def _global_console() -> Any:
    """The console that rich makes when it is first asked for it."""
    import rich

    return rich.get_console()
