"""The largest values that go through the model, at a step now and then.

torch's global hooks on modules are set for one forward pass, and taken away at the backward pass:
while there are any, each call of a module takes longer.
"""

from __future__ import annotations

import functools
import math
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from midrun.run.seen import Activations
from midrun.run.steps import KEY
from midrun.state.dynamo import has_compiled

_CALLS = 64  # of outermost modules in one forward pass; what calls more is no training
_NESTED = 3  # levels of containers in which tensors are looked for
_TABLES = ("_global_forward_pre_hooks", "_global_forward_hooks")


class Sampler:
    """Sees one forward pass: from `watch` on, and `has_begun` says so, to `take`. `spent` is what
    that took, in seconds."""

    def __init__(self) -> None:
        self.has_begun = False
        self.spent = 0.0
        self._hooks: list[tuple[dict[str, Any], Any]] = []  # and the tables that they are in
        self._thread = self._calls = 0
        self._stack: list[Any] = []
        self._names: dict[int, str] = {}  # of the modules in the outermost one that is running
        self._models: dict[int, Any] = {}
        self._seen: list[tuple[int, str, Any]] = []  # the model's id, a name, its two extremes
        self._error: Exception | None = None

    def watch(self) -> None:
        """See the forward pass that comes now, unless there is something in the way: code that
        torch.compile made, which is for a world without hooks, or other hooks under midrun's
        name."""
        before, after = self._tables()
        if KEY in before or KEY in after or has_compiled():
            return
        self.has_begun, self.spent = True, 0.0
        self._thread, self._calls = threading.get_ident(), 0
        self._hooks = [
            (before, functools.partial(self._guarded, self._enter)),
            (after, functools.partial(self._guarded, self._leave)),
            (self._always_called(), True),
        ]
        for table, hook in self._hooks:
            table[KEY] = hook

    def stop(self) -> None:
        """See no more."""
        for table, hook in self._hooks:
            if table.get(KEY) is hook:  # not that of a microscope that the program has taken out
                del table[KEY]
        self._hooks, self._stack, self._names = [], [], {}

    def take(self) -> tuple[list[str], Any]:
        """What was seen, and see no more: names, some of them several times, and a tensor with the
        least and the greatest value of each. It is not waited for.

        Raises what went wrong meanwhile.
        """
        self.stop()
        self.has_begun = False
        seen, models, error = self._seen, self._models, self._error
        self._seen, self._models, self._error = [], {}, None
        if error is not None:
            raise error
        labels = labelled({key: type(model).__name__ for key, model in models.items()})
        names = [joined(labels[model], name) for model, name, _ in seen]
        torch = sys.modules["torch"]
        device = seen[0][2][0].device if seen else None
        values = [value.to(device, non_blocking=True) for _, _, two in seen for value in two]
        return names, torch.stack(values) if values else None

    def _tables(self) -> list[dict[str, Any]]:
        tables = vars(sys.modules["torch.nn.modules.module"])
        return [tables[name] for name in _TABLES]

    def _always_called(self) -> dict[str, Any]:
        """The hooks that are called after an error, too, so that the stack is right after one."""
        tables = vars(sys.modules["torch.nn.modules.module"])
        found: dict[str, Any] = tables.get("_global_forward_hooks_always_called", {})  # torch 2.1
        return found

    def _guarded(self, hook: Callable[..., None], *args: Any) -> None:
        """Call a hook so that the program sees nothing of it: no error, and no call of torch's
        functions where it has replaced them."""
        if threading.get_ident() != self._thread:
            return
        began = time.perf_counter()
        try:
            with sys.modules["torch"]._C.DisableTorchFunction():
                hook(*args)
        except Exception as error:
            self._error = error
            self.stop()
        self.spent += time.perf_counter() - began

    def _enter(self, module: Any, inputs: Any) -> None:
        if not self._stack:
            self._calls += 1
            if self._calls > _CALLS:
                self.stop()
                return
            self._names = _names(module) if _is_plain() else {}
            self._see(module, "inputs", inputs)
        self._stack.append(module)

    def _leave(self, module: Any, inputs: Any, output: Any) -> None:
        if not any(inside is module for inside in self._stack):
            return
        while self._stack.pop() is not module:  # an error may have left some in between
            pass
        if not self._stack:
            self._see(module, "outputs", output)
        elif len(self._stack) == 1:
            name = self._names.get(id(module), type(module).__name__).partition(".")[0]
            self._see(self._stack[0], name, output)

    def _see(self, model: Any, name: str, values: Any) -> None:
        if self._names:
            self._models[id(model)] = model
            self._seen += [(id(model), name, _extremes(tensor)) for tensor in _tensors(values)]


def largest(names: Iterable[str], values: list[float]) -> dict[str, float]:
    """The largest absolute value by name, of what a sampler took."""
    found: dict[str, float] = {}
    for name, low, high in zip(names, values[::2], values[1::2], strict=True):
        found[name] = larger(larger(abs(low), abs(high)), found.get(name, 0.0))
    return found


def larger(value: float, other: float) -> float:
    """The larger of two; a NaN is larger than all."""
    return value if math.isnan(value) or value > other else other


def thin(samples: list[Activations], most: int) -> None:
    """Leave every second one of the older half out, if there are more: the last ones are close to
    each other, and the first is kept."""
    if len(samples) > most:
        del samples[1 : len(samples) // 2 : 2]


def _names(model: Any) -> dict[int, str]:
    """The paths of the modules in a model, by their id; none of what has no parameters, such as a
    loss."""
    if next(model.parameters(), None) is None:
        return {}
    return {id(module): path for path, module in model.named_modules()}


def labelled(classes: dict[int, str]) -> dict[int, str]:
    """What tells models of these classes apart: nothing for a single one, else its class, and a
    number where there are several of that."""
    if len(classes) < 2:
        return dict.fromkeys(classes, "")
    of_each, so_far = Counter(classes.values()), Counter[str]()
    labels = {}
    for key, name in classes.items():
        so_far[name] += 1
        labels[key] = name if of_each[name] == 1 else f"{name} {so_far[name]}"
    return labels


def joined(label: str, path: str) -> str:
    """The name of what is at `path` in the model with this label."""
    return f"{label}.{path}" if label else path


def _is_plain() -> bool:
    """Whether a forward pass for training begins that is not traced, transformed or recorded: what
    midrun computed beside it would get into that."""
    torch = sys.modules["torch"]
    return (
        torch.is_grad_enabled()
        and not torch.jit.is_tracing()
        and not torch._C._len_torch_dispatch_stack()
        and torch._C._functorch.peek_interpreter_stack() is None
    )


def _tensors(value: Any, depth: int = _NESTED) -> Iterator[Any]:
    """The tensors in what a module takes or returns whose values can be read."""
    torch = sys.modules["torch"]
    if type(value) is torch.Tensor:
        if _is_readable(value):
            yield value
    elif depth and isinstance(value, (tuple, list, dict)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _tensors(inner, depth - 1)


def _is_readable(tensor: Any) -> bool:
    torch = sys.modules["torch"]
    return bool(
        (tensor.is_floating_point() or tensor.is_complex())
        and tensor.element_size() > 1  # those of 8 bits have no such operations
        and tensor.layout is torch.strided
        and tensor.numel()
        and not tensor.is_meta
        and not tensor._is_zerotensor()
        and not (tensor.is_cuda and torch.cuda.is_current_stream_capturing())
    )


def _extremes(tensor: Any) -> tuple[Any, Any]:
    """The least and the greatest value. (A maximum norm takes twenty times as long on a CPU.)"""
    torch = sys.modules["torch"]
    values = tensor.detach()
    low, high = torch.aminmax(torch.view_as_real(values) if values.is_complex() else values)
    return low.float(), high.float()
