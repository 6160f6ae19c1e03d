"""What a model does in the rounds of a loop: forward passes, backward passes, steps."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any

from midrun.run.imports import after_import
from midrun.run.steps import is_compiling

_KEY = "midrun-rehearsal"


class Activity:
    """Counts what has happened since the start. `depth` is above 0 while a module's forward runs,
    `forwards` counts those that are in no other; `on_loss` is told of each backward pass."""

    def __init__(self) -> None:
        self.forwards = 0
        self.backwards = 0
        self.steps = 0
        self.depth = 0
        self.on_loss: Callable[[Any], None] = lambda loss: None

    @property
    def trained(self) -> int:
        return self.backwards + self.steps

    def watch(self) -> None:
        """Count from now on, as soon as torch is imported."""
        after_import("torch.nn.modules.module", self._modules)
        after_import("torch.optim.optimizer", self._optimizers)
        after_import("torch._tensor", self._tensors)

    def _modules(self, module: types.ModuleType) -> None:
        def before(*_: Any) -> None:
            if not is_compiling():
                self.forwards += self.depth == 0
                self.depth += 1

        def after(*_: Any) -> None:
            if not is_compiling():
                self.depth = max(0, self.depth - 1)

        module.register_module_forward_pre_hook(before)
        module.register_module_forward_hook(after, always_call=True)

    def _optimizers(self, module: types.ModuleType) -> None:
        def after(*_: Any) -> None:
            self.steps += 1

        vars(module)["_global_optimizer_post_hooks"][_KEY] = after

    def _tensors(self, module: types.ModuleType) -> None:
        original = module.Tensor.backward

        @functools.wraps(original)
        def backward(tensor: Any, *args: Any, **kwargs: Any) -> Any:
            self.backwards += 1
            self.on_loss(tensor)
            return original(tensor, *args, **kwargs)

        module.Tensor.backward = backward
