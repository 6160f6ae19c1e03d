"""Objects that belong to libraries."""

from __future__ import annotations

import sys
import types
from typing import Any


class LibraryObjects:
    """Finds objects that are globals of libraries: they belong to the library, whose own state is
    not saved, and so they go by reference (`random._inst`, `torch.float32`, `os.environ`).

    Kept from one save to the next, since going through all modules takes time.
    """

    def __init__(self) -> None:
        self._names: dict[int, tuple[str, str]] = {}
        self._done: set[int] = set()

    def update(self, own: frozenset[str]) -> None:
        """Take in modules that were imported since the last time."""
        belong = {id(sys.modules[name]) for name in own if name in sys.modules}
        for name, module in list(sys.modules.items()):
            if id(module) in self._done or type(module) is not types.ModuleType:
                continue  # a lazy one becomes a module later
            self._done.add(id(module))
            if id(module) in belong:
                continue
            if name.partition(".")[0] == "midrun":
                continue
            for attribute, value in list(module.__dict__.items()):
                if type(value) not in _PLAIN and (name, attribute) not in _REPLACED:
                    self._names.setdefault(id(value), (name, attribute))
        for stream in ("__stdin__", "__stdout__", "__stderr__"):
            self._names[id(getattr(sys, stream))] = ("sys", stream)

    def find(self, obj: Any) -> Any:
        """The reduce value of such an object, else None."""
        found = self._names.get(id(obj))
        if found is None or type(obj).__name__ in _BOUND_LATER:
            return None
        module, name = found
        if getattr(sys.modules.get(module), name, None) is not obj:
            return None
        return _import_attribute, found


# Types of globals that an import alone does not bring back: torch's current device, and the console
# that rich makes when it is first asked for it.
_BOUND_LATER = frozenset({"device", "Console"})
# What a program puts in the place of the interpreter's own.
_REPLACED = frozenset(
    {
        *(("sys", name) for name in ("stdin", "stdout", "stderr", "last_exc")),
        ("asyncio.events", "_event_loop_policy"),
        *(("wandb", name) for name in ("run", "config", "summary", "log", "define_metric", "save")),
    }
)
_PLAIN = frozenset(
    {
        int, float, str, bool, bytes, type(None), list, dict, tuple, set, frozenset, type,
        types.FunctionType, types.ModuleType, types.BuiltinFunctionType,
    }
)  # fmt: skip


def _import_attribute(module: str, name: str) -> Any:
    __import__(module)
    return getattr(sys.modules[module], name)
