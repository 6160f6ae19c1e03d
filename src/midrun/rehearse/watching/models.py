"""What is told of a module when the program calls it first."""

from __future__ import annotations

import weakref
from typing import Any

from midrun.rehearse.watching.facts import Model

_FAST_PATHS = "torch.nn.modules.transformer"  # reads `training` to choose a faster way, no more
_AMOUNTS = ("p", "dropout", "drop_prob", "rate")  # of what is left out at random


def model_of(module: Any) -> Model:
    """The facts of a module; the walk through its parts takes some microseconds for each."""
    modal = tuple(weakref.ref(part) for part in module.modules() if _is_modal(part))
    parameters = frozenset(map(id, module.parameters()))
    return Model(type(module).__name__, weakref.ref(module), parameters, modal)


def _is_modal(module: Any) -> bool:
    """Whether a module by itself does something else in training than in evaluation: its `forward`,
    or that of a class that it inherits from, reads `training`."""
    if type(module).__module__ == _FAST_PATHS or not _reads_training(type(module)):
        return False
    if getattr(module, "track_running_stats", True) is False:
        return False
    amounts = [getattr(module, name, None) for name in _AMOUNTS]
    numbers = [a for a in amounts if isinstance(a, int | float) and not isinstance(a, bool)]
    return not numbers or any(numbers)


def _reads_training(kind: type) -> bool:
    forward = getattr(kind, "forward", None)
    code = getattr(getattr(forward, "__wrapped__", forward), "__code__", None)
    return code is not None and "training" in code.co_names
