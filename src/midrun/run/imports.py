"""Doing something as soon as a library has been imported, by whomever."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec


def after_import(name: str, action: Callable[[types.ModuleType], object]) -> None:
    """Call `action` with the module `name` once it has been executed; at once if it has been."""
    if name in sys.modules:
        action(sys.modules[name])
    else:
        sys.meta_path.insert(0, _After(name, action))


class _After(importlib.abc.MetaPathFinder):
    def __init__(self, name: str, action: Callable[[types.ModuleType], object]) -> None:
        self._name = name
        self._action = action

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: types.ModuleType | None = None,
    ) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        sys.meta_path.remove(self)
        finders = list(sys.meta_path)  # another one may wait for the same module, and leave
        found = (finder.find_spec(fullname, path, target) for finder in finders)
        spec = next(filter(None, found), None)
        if spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def execute_and_act(module: types.ModuleType) -> None:
            execute(module)
            self._action(module)

        spec.loader.exec_module = execute_and_act  # type: ignore[method-assign]
        return spec
