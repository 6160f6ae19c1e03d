"""State that frameworks keep in globals of their own.

The globals of libraries are not saved: they come back by importing the library. A few hold what the
program has told it, or is in the middle of: the values of absl's flags, the contexts of the click
commands that are running. `PLACES` names them, each as a module and the way from there to a dict,
list or object, whose contents are saved and put back in place.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable
from typing import Any

Entry = tuple[str, str, Callable[[], Any], Callable[[Any], None]]

PLACES = (
    ("accelerate.state", "PartialState._shared_state"),  # the attributes of all instances
    ("accelerate.state", "AcceleratorState._shared_state"),
    ("accelerate.state", "GradientState._shared_state"),
    ("click.globals", "_local"),  # the contexts of the commands that are running
    ("hydra.core.singleton", "Singleton._instances"),  # ConfigStore, HydraConfig, GlobalHydra
    ("omegaconf.basecontainer", "BaseContainer._resolvers"),
    ("typer._click.globals", "_local"),
)


def _entry(module: str, path: str) -> Entry:
    def contents() -> Any:
        found = operator.attrgetter(path)(sys.modules[module])
        return found if isinstance(found, dict | list) else vars(found)

    def restore(saved: Any) -> None:
        _replace(contents(), saved)

    return module, f"{module}: {path}", lambda: contents().copy(), restore


def _replace(held: Any, saved: Any) -> None:
    held.clear()
    (held.update if isinstance(held, dict) else held.extend)(saved)


_BY_ID = "__flags_by_module_id"


def _read_flags() -> dict[str, Any]:
    """absl's flags; the modules that define them go by name."""
    names = {id(module): name for name, module in list(sys.modules.items())}
    held = vars(sys.modules["absl.flags"].FLAGS)
    by_name = {names[k]: flags for k, flags in held[_BY_ID].items() if k in names}
    return {**held, _BY_ID: by_name}


def _set_flags(saved: dict[str, Any]) -> None:
    modules = sys.modules
    by_id = {id(modules[name]): flags for name, flags in saved[_BY_ID].items() if name in modules}
    _replace(vars(modules["absl.flags"].FLAGS), {**saved, _BY_ID: by_id})


AMBIENT: list[Entry] = [
    *(_entry(*place) for place in PLACES),
    ("absl.flags", "absl: flags", _read_flags, _set_flags),
]
