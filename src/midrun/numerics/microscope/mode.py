"""Watching every operation of a training step.

A `TorchDispatchMode` sees each operation below autograd, torch.func and torch.utils.checkpoint, in
the forward pass, the backward pass and the optimizer alike. What it reads is read while the mode is
off, so that the program's own operations stay as they are.

An operation of the backward pass is brought to the line of the forward pass that made its autograd
node by the node's sequence number: in the forward pass, the node that belongs to the operation has
been made just before the mode sees it. `setdefault` matters, since operations that are not
differentiable come while the number of an earlier one is still current.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch.autograd import forward_ad
from torch.multiprocessing.reductions import StorageWeakRef
from torch.utils._python_dispatch import TorchDispatchMode

from midrun.numerics.microscope.births import examine
from midrun.numerics.microscope.events import Event, Operand, Phase
from midrun.numerics.microscope.modules import ModulePath
from midrun.numerics.microscope.tensors import has_memory, judged, kind, tensors_in
from midrun.numerics.places import Place, Places

_REMEMBERED = 3  # steps
_LOADING = "torch/utils/data/"
_TRANSFORMS = "torch/_functorch/"
_KEPT = 1 << 20  # elements of a tensor that is kept for a look at its values
ALLOCATIONS = frozenset({"empty", "empty_like", "new_empty", "empty_strided", "new_empty_strided"})


class Microscope(TorchDispatchMode):  # type: ignore[misc]
    """Records the operations that run while it is entered. `is_own` tells the program's files."""

    def __init__(self, is_own: Callable[[str], bool], modules: ModulePath | None = None) -> None:
        super().__init__()
        self.events: dict[int, Event] = {}
        self.places = Places(is_own)
        self.modules = modules or ModulePath()
        self.modules.find = self.places.innermost
        self.in_optimizer = False
        self._forward: dict[int, tuple[Place | None, str, Event | None]] = {}
        self._writers: dict[int, tuple[int, ...]] = {}
        self._alive: dict[int, StorageWeakRef] = {}  # so that no address is used twice
        self._gradients: set[int] = set()
        self.leaves: dict[int, torch.Tensor] = {}
        self._count = 0
        self._steps: list[int] = []

    def __enter__(self) -> Microscope:
        self.modules.watch()
        super().__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)
        self.modules.forget()

    def next_step(self) -> None:
        """A step is done: forget the values that were good, and what is some steps old, but not how
        bad values were made before the training: a table that is looked up may hold them."""
        self._steps.append(self._count)
        oldest = self._steps[-_REMEMBERED] if len(self._steps) >= _REMEMBERED else 0
        for index in [index for index in self.events if index < oldest]:
            event = self.events[index]
            event.in_setup = event.bad >= 0 and index < self._steps[0]
            if not event.in_setup:
                del self.events[index]
        for event in self.events.values():
            if event.bad < 0:
                for operand in (*event.inputs, *event.outputs):
                    operand.tensor = None

    def writers(self, tensor: torch.Tensor) -> tuple[int, ...]:
        """The events that have written the memory of `tensor`, the newest last."""
        return self._writers.get(_storage(tensor), ())

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if func.namespace == "profiler":
            return func(*args, **kwargs)
        node = torch._C._current_autograd_node()
        event = self._begin(func, node, sys._getframe(1), args, kwargs)
        mutated = self._before(event, func, args, kwargs)
        result = func(*args, **kwargs)
        if node is not None and "AccumulateGrad" in node.name():
            self._gradients |= {_storage(t) for t in tensors_in((args, result))}
            self.leaves[id(node.variable)] = node.variable
        if not _is_view(func):
            self._end(event, func, mutated, result)
        return result

    def _begin(
        self, func: Any, node: Any, frame: types.FrameType, args: Any, kwargs: dict[str, Any]
    ) -> Event:
        """The event of an operation that is about to run, without its operands."""
        live = self.places.innermost(frame, until=_is_engine if node is not None else None)
        is_engines = node is not None and live is None
        place, module, forward = live, self.modules.path, None
        if is_engines:
            place, module, forward = self._of_node(node, frame)
        # Live in a backward pass: a custom Function, or a checkpoint that computes again.
        again = node is not None and not is_engines and torch.is_grad_enabled()
        phase: Phase = "forward" if node is None or again else "backward"
        # The closure of an LBFGS runs in its step, with gradients enabled.
        in_step = self.in_optimizer and not torch.is_grad_enabled()
        if node is None and (in_step or self._is_of_gradients(args, kwargs)):
            # What torch.func takes the derivative of may have derivatives of its own in it.
            within = not in_step and self.places.comes_through(_TRANSFORMS, frame, beyond=True)
            phase = "forward" if within else "optimizer"
        event = Event(self._count, func.name().replace("::", "."), func, phase, place, module,
                      [], {}, node=node.name() if node is not None else "", forward=forward,
                      in_step=in_step, in_graph=torch.is_grad_enabled(),
                      entrance=self.modules.entrance,
                      batch=forward.batch if forward is not None else self.modules.batch,
                      has_tangents=forward_ad._current_level >= 0,
                      is_loading=self.places.comes_through(_LOADING, frame),
                      )  # fmt: skip
        if torch.is_grad_enabled():
            number = torch._C._autograd._get_sequence_nr() - 1
            made = forward if is_engines else (None if _is_view(func) else event)
            self._forward.setdefault(number, (place, module, made))
        return event

    def _is_of_gradients(self, args: Any, kwargs: dict[str, Any]) -> bool:
        """Whether an operation works on gradients, as clipping does, or on what came of them."""
        tensors = list(tensors_in((args, *kwargs.values())))
        if any(tensor.requires_grad for tensor in tensors):
            return False
        makers = (self.events.get(w[-1]) for t in tensors if (w := self.writers(t)))
        return any(_storage(tensor) in self._gradients for tensor in tensors) or any(
            maker is not None and maker.phase in ("optimizer", "backward") and not maker.in_step
            for maker in makers
        )

    def _of_node(self, node: Any, frame: types.FrameType) -> tuple[Place | None, str, Event | None]:
        """The line, the module and the operation of the forward pass that a node belongs to."""
        found = self._forward.get(node._sequence_nr())
        return found if found is not None else (self.places.innermost(frame), "", None)

    def _before(self, event: Event, func: Any, args: Any, kwargs: dict[str, Any]) -> list[Any]:
        """Note the operands as they are before; return those that will be written."""
        mutated = []
        for argument, value in _bound(func, args, kwargs):
            written = argument.alias_info is not None and argument.alias_info.is_write
            found = list(tensors_in(value))
            if not found:
                event.constants[argument.name] = value
            is_list = isinstance(value, list | tuple)
            for number, tensor in enumerate(found):
                name = f"{argument.name}[{number}]" if is_list else argument.name
                before = tensor
                if written:
                    mutated.append(tensor)
                    if judged(tensor):
                        before = tensor.detach().clone()
                event.inputs.append(self._operand(name, tensor, before))
        return mutated

    def _end(self, event: Event, func: Any, mutated: list[Any], result: Any) -> None:
        """Note the outputs, and what is wrong with them."""
        seen: dict[int, torch.Tensor] = {id(t): t for t in (*mutated, *tensors_in(result))}
        event.outputs = [
            self._operand("", tensor, tensor) for tensor in seen.values() if not tensor.is_nested
        ]
        if event.base not in ALLOCATIONS:
            for operand, tensor in zip(event.outputs, seen.values(), strict=False):
                operand.kind = kind(tensor)
        self.events[event.index] = event
        self._count += 1
        if any(operand.kind for operand in event.outputs):
            examine(event)
        for tensor in seen.values():
            self._wrote(event, tensor)

    def _wrote(self, event: Event, tensor: torch.Tensor) -> None:
        key = _storage(tensor)
        if not key:
            return
        storage = tensor.untyped_storage()
        self._alive.setdefault(key, StorageWeakRef(storage))
        whole = tensor.numel() * tensor.element_size() >= storage.nbytes()
        before = () if whole else self._writers.get(key, ())
        self._writers[key] = (*before, event.index)

    def _operand(self, name: str, tensor: torch.Tensor, value: torch.Tensor) -> Operand:
        """`value` is the tensor as it was at the time that is meant."""
        is_kept = has_memory(value) and (value.numel() <= _KEPT or value is not tensor)
        kept = value.detach() if is_kept else None
        version = -1
        if kept is not None and not kept.is_inference():
            version = kept._version
        return Operand(name, tensor.shape, tensor.dtype, self.writers(tensor), tensor=kept,
                       version=version, storage=_storage(tensor),
                       is_parameter=isinstance(tensor, torch.nn.Parameter),
                       requires_grad=tensor.requires_grad)  # fmt: skip


def _bound(func: Any, args: Any, kwargs: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """The arguments of the schema with their values."""
    for number, argument in enumerate(func._schema.arguments):
        if argument.name in kwargs:
            yield argument, kwargs[argument.name]
        elif number < len(args):
            yield argument, args[number]


def _is_view(func: Any) -> bool:
    """Whether an operation only looks at the memory of its argument in another way, or at other
    memory (`set_`, by which a batch comes from a worker process)."""
    if func.overloadpacket is torch.ops.aten.set_:
        return True
    returns = func._schema.returns
    return bool(returns) and all(
        r.alias_info is not None and not r.alias_info.is_write for r in returns
    )


def _is_engine(code: types.CodeType) -> bool:
    return code.co_name == "_engine_run_backward" or code in _ENGINE


_ENGINE = {torch.autograd.backward.__code__, torch.autograd.grad.__code__}


def _storage(tensor: torch.Tensor) -> int:
    try:
        return int(tensor.untyped_storage()._cdata)
    except (RuntimeError, NotImplementedError):  # sparse tensors, and those without memory
        return 0
