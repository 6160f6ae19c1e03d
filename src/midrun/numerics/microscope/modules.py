"""The path of the module that is running, in the model: `encoder.layers.3.attention`."""

from __future__ import annotations

import sys
import types
import weakref
from collections.abc import Callable
from typing import Any

from torch import nn
from torch.nn.modules import module as tables

from midrun.numerics.microscope.tensors import tensors_in
from midrun.numerics.places import Place
from midrun.run.activations import labelled
from midrun.run.steps import KEY


class ModulePath:
    """Follows the calls of modules by torch's global hooks, while it watches. `on_values` is called
    with a name, how many modules are around it, and values: what the outermost module was given
    ("inputs") and returned ("outputs"), and what others did, by their paths."""

    def __init__(self, on_values: Callable[[str, int, Any], None] | None = None) -> None:
        self.path = ""
        self.batch = 0  # how many samples the outermost module was given
        self.roots = Roots()
        self.root = 0  # the id of the outermost module
        self._stack: list[tuple[nn.Module, str]] = []
        self.find: Callable[[types.FrameType], Place | None] | None = None
        self.entrance: Place | None = None  # where the program calls the outermost module
        self._names: dict[int, str] = {}
        self._on_values = on_values or (lambda name, level, values: None)

    def watch(self) -> None:
        """Begin."""
        tables._global_forward_pre_hooks[KEY] = self._enter
        tables._global_forward_hooks[KEY] = self._leave
        tables._global_forward_hooks_always_called[KEY] = True

    def forget(self) -> None:
        """End."""
        tables._global_forward_pre_hooks.pop(KEY, None)
        tables._global_forward_hooks.pop(KEY, None)
        tables._global_forward_hooks_always_called.pop(KEY, None)

    def _enter(self, module: nn.Module, inputs: Any) -> None:
        if not self._stack:
            self.root = id(module)
            self.roots.add(module)
            shapes = [t.shape for t in tensors_in(inputs) if t.dim() > 0]
            self.batch = shapes[0][0] if shapes else 0
            if self.find is not None:
                self.entrance = self.find(sys._getframe(1))
            self._names = {id(inner): name for name, inner in module.named_modules()}
            self._on_values("inputs", 0, inputs)
        self._stack.append((module, self.path))
        name = self._names.get(id(module), "")
        self.path = name or type(module).__name__

    def _leave(self, module: nn.Module, _: Any, output: Any) -> None:
        path = self.path
        while self._stack:  # an error may have left some in between
            left, self.path = self._stack.pop()
            if left is module:
                break
        level = len(self._stack)
        self._on_values(path if level else "outputs", level, output)
        if not self._stack:
            self.entrance = None


class Roots:
    """The modules that the program calls itself, those of them that have parameters: the model, or
    several, such as an encoder and a decoder."""

    def __init__(self) -> None:
        # By their id, in the order in which they were first called.
        self._modules: weakref.WeakValueDictionary[int, nn.Module] = weakref.WeakValueDictionary()

    def __contains__(self, key: int) -> bool:
        """Whether the module with this id is one of them."""
        return key in self._modules

    def add(self, module: nn.Module) -> None:
        """The program calls `module`."""
        if id(module) not in self._modules and next(module.parameters(), None) is not None:
            self._modules[id(module)] = module

    def parameter_names(self) -> dict[int, tuple[int, str]]:
        """The id of the module that each parameter belongs to, and its name there, by the
        parameter's id. One that is in several is that of the largest."""
        names: dict[int, tuple[int, str]] = {}
        found = {key: dict(module.named_parameters()) for key, module in self._modules.items()}
        for key in sorted(found, key=lambda key: -len(found[key])):
            for name, parameter in found[key].items():
                names.setdefault(id(parameter), (key, name))
        return names

    def labels(self, ids: set[int]) -> dict[int, str]:
        """What tells the modules with these ids apart: nothing for a single one, else its class,
        and a number where there are several of that."""
        found = {key: type(self._modules[key]).__name__ for key in self._modules if key in ids}
        return dict.fromkeys(ids, "") | labelled(found)
