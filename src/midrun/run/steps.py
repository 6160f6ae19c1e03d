"""What happens in training, seen without a change to the program: losses, backward passes and steps
of optimizers.

torch has hooks for the steps of all optimizers. For backward passes it has none, so
`torch.autograd.backward` is wrapped, which `Tensor.backward` calls, too, and `torch.autograd.grad`,
by which torch.func takes derivatives.
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

    def derivative(self, tensors: list[Any], frame: types.FrameType) -> None:
        """`torch.autograd.grad` is about to work out derivatives of `tensors`, perhaps in the midst
        of a forward pass."""

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
    wrapped = {name: vars(autograd)[name] for name in ("backward", "grad")}
    tables = [vars(optimizers)[name] for name in _TABLES]
    before = [table.get(KEY) for table in tables]
    watch_steps(watcher)
    try:
        yield
    finally:
        vars(autograd).update(wrapped)
        for table, hook in zip(tables, before, strict=True):
            del table[KEY]
            if hook is not None:
                table[KEY] = hook


def _wrap(module: types.ModuleType, watcher: Watcher) -> None:
    of_loss = getattr(module.backward, "__wrapped__", module.backward)
    of_any = getattr(module.grad, "__wrapped__", module.grad)

    @functools.wraps(of_loss)
    def backward(tensors: Any, *args: Any, **kwargs: Any) -> Any:
        if is_compiling():
            return of_loss(tensors, *args, **kwargs)
        watcher.loss(_tensors(tensors), sys._getframe(1))
        result = of_loss(tensors, *args, **kwargs)
        watcher.gradients()
        return result

    @functools.wraps(of_any)
    def grad(outputs: Any, *args: Any, **kwargs: Any) -> Any:
        if not is_compiling():
            watcher.derivative(_tensors(outputs), sys._getframe(1))
        return of_any(outputs, *args, **kwargs)

    vars(module).update(backward=backward, grad=grad)


def _tensors(given: Any) -> list[Any]:
    """The tensors that derivatives are to be taken of; torch.func's without what is around them."""
    torch = sys.modules["torch"]
    functorch = torch._C._functorch
    found = []
    for tensor in given if type(given) in (list, tuple) else [given]:
        if isinstance(tensor, torch.Tensor):
            while functorch.is_gradtrackingtensor(tensor):
                tensor = functorch.get_unwrapped(tensor)
            found.append(tensor)
    return found


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
