"""Fixed seeds for runs that are compared (`midrun verify`)."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import random
import sys
import types
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from typing import Any


def seed_all(seed: int) -> None:
    """Seed the generators that otherwise draw their seed from the system: Python's now, NumPy's and
    torch's as soon as they have been imported."""
    random.seed(seed)
    seed_on_import(seed)


def seed_on_import(seed: int) -> None:
    """The same for what has not been imported yet (in a resumed run)."""
    sys.meta_path.insert(0, _SeedOnImport(seed))


class _SeedOnImport(importlib.abc.MetaPathFinder):
    def __init__(self, seed: int) -> None:
        self._seeders: dict[str, Callable[[Any], object]] = {
            "numpy": lambda numpy: numpy.random.seed(seed % (1 << 32)),
            "torch": lambda torch: torch.manual_seed(seed),
        }

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: types.ModuleType | None = None,
    ) -> ModuleSpec | None:
        if fullname not in self._seeders:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.loader is None:
            return None
        seed_module, loader = self._seeders.pop(fullname), spec.loader
        execute = loader.exec_module

        def execute_and_seed(module: types.ModuleType) -> None:
            execute(module)
            seed_module(module)

        loader.exec_module = execute_and_seed  # type: ignore[method-assign]
        return spec
