"""What is to be done once a module of a library has been imported, whenever that is."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from typing import Any


def after_import(actions: dict[str, Callable[[Any], object]]) -> None:
    """Call each action with the module of its name: now if it is loaded, else when it has been."""
    waiting = dict(actions)
    for name, act in actions.items():
        if name in sys.modules:
            act(sys.modules[name])
            del waiting[name]
    if waiting:
        sys.meta_path.insert(0, _AfterImport(waiting))


class _AfterImport(importlib.abc.MetaPathFinder):
    def __init__(self, actions: dict[str, Callable[[Any], object]]) -> None:
        self._actions = actions

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: types.ModuleType | None = None,
    ) -> ModuleSpec | None:
        if fullname not in self._actions:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.loader is None:
            return None
        act, loader = self._actions.pop(fullname), spec.loader
        execute = loader.exec_module

        def execute_and_act(module: types.ModuleType) -> None:
            execute(module)
            act(module)

        loader.exec_module = execute_and_act  # type: ignore[method-assign]
        return spec
