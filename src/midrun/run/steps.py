"""What happens in training, seen without a change to the program: losses, backward passes and steps
of optimizers.

torch has hooks for the steps of all optimizers. For backward passes it has none, so
`torch.autograd.backward` is wrapped, which `Tensor.backward` calls, too.
"""

from __future__ import annotations

import functools
import sys
import types
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from midrun.run.imports import after_import

# Under this key midrun's hooks lie in torch's tables. Savepoints leave it out.
KEY = "midrun"
_TABLES = ("_global_optimizer_pre_hooks", "_global_optimizer_post_hooks")


class Watcher(Protocol):
    """What is told. `frame` is the one that called backward."""

    def loss(self, tensors: list[Any], frame: types.FrameType) -> None:
        """A backward pass is about to begin at `tensors`."""

    def gradients(self) -> None:
        """A backward pass is done."""

    def before_step(self, optimizer: Any) -> None:
        """An optimizer is about to change its parameters."""

    def after_step(self, optimizer: Any) -> None:
        """An optimizer has changed its parameters."""


def parameters_of(groups: list[dict[str, Any]]) -> list[Any]:
    """The parameters in the groups of an optimizer (`optimizer.param_groups`)."""
    return [parameter for group in groups for parameter in group["params"]]


def gradients_of(parameters: Iterable[Any]) -> list[Any]:
    """The gradients that some parameters have."""
    return [parameter.grad for parameter in parameters if parameter.grad is not None]


def watch_steps(watcher: Watcher) -> None:
    """Tell `watcher` of all that happens from now on, as soon as torch is imported. Only one is
    told at a time: the newest."""
    after_import("torch.autograd", lambda module: _wrap(module, watcher))
    after_import("torch.optim.optimizer", lambda module: _hook(module, watcher))


@contextmanager
def watching_steps(watcher: Watcher) -> Iterator[None]:
    """Tell `watcher` in a block alone; torch must have been imported. Who was told before is told
    again after it."""
    autograd, optimizers = sys.modules["torch.autograd"], sys.modules["torch.optim.optimizer"]
    backward = vars(autograd)["backward"]
    tables = [vars(optimizers)[name] for name in _TABLES]
    before = [table.get(KEY) for table in tables]
    watch_steps(watcher)
    try:
        yield
    finally:
        vars(autograd)["backward"] = backward
        for table, hook in zip(tables, before, strict=True):
            del table[KEY]
            if hook is not None:
                table[KEY] = hook


def _wrap(module: types.ModuleType, watcher: Watcher) -> None:
    original = getattr(module.backward, "__wrapped__", module.backward)

    @functools.wraps(original)
    def backward(tensors: Any, *args: Any, **kwargs: Any) -> Any:
        if is_compiling():
            return original(tensors, *args, **kwargs)
        if isinstance(tensors, module.torch.Tensor):
            found = [tensors]
        else:
            given = tensors if type(tensors) in (list, tuple) else []
            found = [tensor for tensor in given if isinstance(tensor, module.torch.Tensor)]
        watcher.loss(found, sys._getframe(1))
        result = original(tensors, *args, **kwargs)
        watcher.gradients()
        return result

    vars(module)["backward"] = backward


def _hook(module: types.ModuleType, watcher: Watcher) -> None:
    def before(optimizer: Any, args: Any, kwargs: Any) -> None:
        if not is_compiling():
            watcher.before_step(optimizer)

    def after(optimizer: Any, args: Any, kwargs: Any) -> None:
        if not is_compiling():
            watcher.after_step(optimizer)

    for name, hook in zip(_TABLES, (before, after), strict=True):
        if name in vars(module):  # since torch 2.1
            vars(module)[name][KEY] = hook


def is_compiling() -> bool:
    """Whether torch.compile is looking at the program, and not running it."""
    compiler = getattr(sys.modules.get("torch"), "compiler", None)
    # `is_compiling`, which older ones have alone, takes three times as long.
    asks = getattr(compiler, "is_dynamo_compiling", None) or getattr(compiler, "is_compiling", None)
    return asks is not None and bool(asks())
