"""Libraries that have really been loaded.

What `sys.modules` holds need not be a module, or one that is complete: importlib's lazy ones, and
those that wandb puts there for NumPy, are loaded by the first look at any of their attributes.
"""

from __future__ import annotations

import sys
import types
from typing import Any


def is_loaded(module: Any) -> bool:
    """Whether something in `sys.modules` is a module that can be looked into without effect."""
    kind = type(module)
    if kind is types.ModuleType:  # nearly all: each savepoint asks this of every module
        return True
    plain = types.ModuleType.__getattribute__
    return issubclass(kind, types.ModuleType) and kind.__getattribute__ is plain


def loaded(name: str) -> Any:
    """The module `name`, if it has been loaded, else None."""
    module = sys.modules.get(name)
    return module if is_loaded(module) else None
