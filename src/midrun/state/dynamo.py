"""What torch.compile leaves in a program: code that stands for the program's own, and names; and
how the program has set it.

Dynamo replaces the bytecode of a frame by its own, under the same name and file, and puts what that
needs into the globals of the function's module (torch/_dynamo/output_graph.py, install_global).
Both belong to the process: the program is compiled anew after a resume.
"""

from __future__ import annotations

import builtins
import importlib
import sys
import types
from typing import Any


def is_generated(code: types.CodeType) -> bool:
    """Whether `code` was made by Dynamo, so that its offsets say nothing about the source."""
    frames = _imported("torch._dynamo.convert_frame")
    return frames is not None and code in frames.output_codes


def has_compiled() -> bool:
    """Whether Dynamo has looked at any code of the program."""
    utils = _imported("torch._dynamo.utils")
    return utils is not None and bool(utils.counters["frames"])


def installed_names(namespace: dict[str, Any]) -> set[str]:
    """The globals that Dynamo has put into a module's namespace."""
    utils = _imported("torch._dynamo.utils")
    if utils is None:
        return set()
    hooks = (hook for hooks in utils.CleanupManager.instance.values.values() for hook in hooks)
    names = {hook.name for hook in hooks if hook.scope is namespace}
    # What a trace that was begun anew had installed stays there, and no hook knows of it.
    left = (name for name in namespace if name.startswith("__builtins_dict__"))
    return names | {name for name in left if namespace[name] is builtins.__dict__}


def _imported(name: str) -> Any:
    """A module of Dynamo's, None if it is not imported, or is just being: the first step of an
    optimizer does that."""
    module = sys.modules.get(name)
    return None if getattr(getattr(module, "__spec__", None), "_initializing", False) else module


# midrun's own entry: what torch.compile is to leave out.
_NOT_A_SETTING = ["ignore_logging_functions", "ignore_logger_methods"]


def _setting_modules() -> dict[str, Any]:
    """Torch's modules of settings, `torch._dynamo.config` among them."""
    kind = "ConfigModuleInstance"  # torch/utils/_config_module.py, install_config_module
    return {n: m for n, m in list(sys.modules.items()) if type(m).__name__ == kind}


def setting_variables() -> set[int]:
    """The ids of the context variables in which torch keeps settings."""
    found: set[int] = set()
    for module in _setting_modules().values():
        found.update(map(id, vars(module).values()))
        found.update(id(getattr(entry, "user_override", None)) for entry in module._config.values())
    return found


def read_settings() -> dict[str, dict[str, Any]]:
    """What the program has set."""
    return {
        name: changed
        for name, module in _setting_modules().items()
        if (changed := _changed(module))
    }


def _changed(module: Any) -> dict[str, Any]:
    changed: dict[str, Any] = module._get_dict(ignored_keys=_NOT_A_SETTING, skip_default=True)
    return changed


def set_settings(saved: dict[str, dict[str, Any]]) -> None:
    """Put them back."""
    for name, changed in saved.items():
        module = importlib.import_module(name)
        for setting, value in changed.items():
            setattr(module, setting, value)
