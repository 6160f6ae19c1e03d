"""Calls of torch, told as events: models, backward passes, optimizers and schedulers.

Nothing of what is called changes: arguments and results are passed on as they are.
"""

from __future__ import annotations

import contextlib
import functools
import sys
import threading
import time
import types
from collections.abc import Callable
from typing import Any

from midrun.rehearse.loops.activity import Activity
from midrun.rehearse.watching import graph
from midrun.rehearse.watching.events import Events
from midrun.rehearse.watching.facts import Backward, Forward
from midrun.rehearse.watching.models import model_of
from midrun.rehearse.watching.weak import Weakly
from midrun.run.imports import after_import
from midrun.run.steps import KEY, is_compiling

_Call = Callable[..., Any]


class Calls:
    """Tells `events` of the calls that the program's main thread makes, and counts them in
    `activity`."""

    def __init__(self, events: Events, activity: Activity) -> None:
        self._events = events
        self._activity = activity
        self._scene = events.scene
        self._depth = 0  # of calls of modules, and of schedulers
        self._in_pass = False
        self._serials: Weakly[int] = Weakly()
        self._count = 0
        self._thread = threading.get_ident()

    def watch(self) -> None:
        """Tell of them from now on, as soon as torch is imported."""
        after_import("torch.nn.modules.module", self._modules)
        after_import("torch.autograd", self._backward)
        after_import("torch.optim.optimizer", self._optimizers)
        after_import("torch.optim.lr_scheduler", self._schedulers)
        after_import("torch.amp.grad_scaler", self._scalers)

    # Modules

    def _modules(self, module: types.ModuleType) -> None:
        kind = module.Module
        call, train = kind.__call__, kind.train
        register, load = kind.register_parameter, kind.load_state_dict
        events, scene, activity = self._events, self._scene, self._activity
        grad_mode = module.torch._C.is_grad_enabled
        all_called, all_learning = scene.called, scene.called_with_gradients
        now = time.perf_counter

        @functools.wraps(call)
        def called(*args: Any, **kwargs: Any) -> Any:
            if is_compiling():
                return call(*args, **kwargs)
            number, learns = id(args[0]), grad_mode()
            all_called.add(number)
            if learns:
                all_learning.add(number)
            if self._depth or self._in_pass or threading.get_ident() != self._thread:
                return call(*args, **kwargs)
            begun = now()
            activity.called(args[1:], learns=learns)
            self._depth += 1
            activity.depth += 1
            ready = now()
            try:
                result = call(*args, **kwargs)
            finally:
                done = now()
                self._depth -= 1
                activity.depth -= 1
                events.aside(ready - begun + now() - done)
            if scene.observes_call():
                given = args[1:], kwargs
                events.safely(
                    lambda: scene.budget.timed(lambda: self._called(args[0], given, result))
                )
            return result

        @functools.wraps(train)
        def set_mode(self_: Any, mode: bool = True) -> Any:
            depth, self._depth = self._depth, self._depth + 1  # it goes on to the children
            try:
                result = train(self_, mode)
            finally:
                self._depth = depth
            if not depth:
                events.tell("mode", self_, mode)
            return result

        @functools.wraps(register)
        def registered(self_: Any, name: str, param: Any) -> Any:
            if param is not None and scene.makings.get(param) is None:
                events.safely(lambda: scene.makings.__setitem__(param, scene.places.making()))
            return register(self_, name, param)

        @functools.wraps(load)
        def loaded(self_: Any, *args: Any, **kwargs: Any) -> Any:
            result = load(self_, *args, **kwargs)
            for parameter in self_.parameters():
                scene.loaded[parameter] = True
            return result

        kind.__call__, kind.train = called, set_mode
        kind.register_parameter, kind.load_state_dict = registered, loaded

    def _called(self, module: Any, given: Any, result: Any) -> None:
        scene = self._scene
        model = scene.models.get_or_make(module, lambda: model_of(module))
        if not model.parameters:
            return
        torch = sys.modules["torch"]
        with torch._C.DisableTorchFunction():
            taken = graph.tensors_in(given, torch.Tensor)
            outputs = graph.numbers_of(graph.tensors_in(result, torch.Tensor))
            self._chain(model, taken)
            inputs = tuple(self._serial(t if t._base is None else t._base) for t in taken)
            model.carries |= not storages(taken).isdisjoint(model.gave)
            model.gave = storages(graph.tensors_in(result, torch.Tensor))
        place = scene.places.here()
        if place is not None:
            entry = scene.entry
            modal = model.modal_in_training()
            forward = Forward(
                model, place, entry, entry.index if entry else 0,
                entry.around.index if entry and entry.around else 0, scene.batch(),
                module.training, modal, outputs, inputs,
            )  # fmt: skip
            scene.add_forward(forward)
            self._events.tell("forward", forward)

    def _chain(self, model: Any, taken: list[Any]) -> None:
        """A model whose output another one takes is a generator, or a part of a larger whole."""
        for number in graph.numbers_of(taken):
            source = self._scene.output(number)
            if source is not None and source.model is not model:
                source.model.generates = True

    def _serial(self, tensor: Any) -> int:
        found = self._serials.get(tensor)
        if found is None:
            self._count += 1
            self._serials[tensor] = found = self._count
        return found

    # Backward passes

    def _backward(self, module: types.ModuleType) -> None:
        backward, grad = module.backward, module.grad

        @functools.wraps(backward)
        def went_back(tensors: Any, *args: Any, **kwargs: Any) -> Any:
            names = ("grad_tensors", "retain_graph", "create_graph")
            options = dict(zip(names, args, strict=False)) | kwargs
            self._activity.backwards += 1
            for loss in graph.tensors_in(tensors, sys.modules["torch"].Tensor, 1):
                self._activity.on_loss(loss)
            return self._pass(backward, tensors, options, (tensors, *args), kwargs)

        @functools.wraps(grad)
        def derived(outputs: Any, *args: Any, **kwargs: Any) -> Any:
            names = ("inputs", "grad_outputs", "retain_graph", "create_graph")
            options = dict(zip(names, args, strict=False)) | kwargs
            return self._pass(grad, outputs, options, (outputs, *args), kwargs)

        vars(module)["backward"], vars(module)["grad"] = went_back, derived

    def _pass(
        self, action: _Call, roots: Any, options: dict[str, Any], args: Any, kwargs: Any
    ) -> Any:
        if is_compiling() or self._in_pass or threading.get_ident() != self._thread:
            return action(*args, **kwargs)
        now = time.perf_counter
        begun = now()
        create = bool(options.get("create_graph"))
        retain = options.get("retain_graph")
        spends = not (create if retain is None else retain)
        known: list[Backward] = []
        self._events.aside(now() - begun)
        self._events.safely(lambda: known.append(self._begin_pass(roots, spends)))
        self._in_pass = True  # what a checkpointed part computes anew is no call of the program's
        self._activity.depth += 1
        try:
            result = action(*args, **kwargs)
        finally:
            self._in_pass = False
            self._activity.depth -= 1
        if known and options.get("inputs") is None:
            self._events.tell("gradients", known[0])
        return result

    def _begin_pass(self, roots: Any, spends: bool) -> Backward:
        torch, scene = sys.modules["torch"], self._scene
        place = scene.places.here()
        tensors = graph.tensors_in(roots, torch.Tensor)
        below: Any = None
        if scene.observes_pass():
            below = scene.budget.timed(lambda: graph.reach(tensors))
        found = Backward(place, scene.entry, graph.numbers_of(tensors), spends, below)
        reached = scene.add_backward(found)
        self._events.tell("backward", found, reached)
        return found

    # Optimizers

    def _optimizers(self, module: types.ModuleType) -> None:
        scene, events = self._scene, self._events
        construct = module.Optimizer.__init__

        @functools.wraps(construct)
        def constructed(self_: Any, *args: Any, **kwargs: Any) -> None:
            construct(self_, *args, **kwargs)
            events.safely(lambda: scene.optimizer(self_))

        def before(optimizer: Any, args: Any, kwargs: Any) -> None:
            if not is_compiling():
                events.tell("stepping", scene.optimizer(optimizer), optimizer)

        def after(optimizer: Any, args: Any, kwargs: Any) -> None:
            if not is_compiling():
                self._activity.steps += 1
                events.safely(lambda: scene.add_step(scene.optimizer(optimizer)))
                events.tell("stepped", scene.optimizer(optimizer), optimizer)

        module.Optimizer.__init__ = constructed
        _add_hook(vars(module)["_global_optimizer_pre_hooks"], before)
        _add_hook(vars(module)["_global_optimizer_post_hooks"], after)

    def _scalers(self, module: types.ModuleType) -> None:
        scene, step = self._scene, module.GradScaler.step

        @functools.wraps(step)
        def stepped(self_: Any, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
            known = scene.optimizer(optimizer)
            before = known.steps
            result = step(self_, optimizer, *args, **kwargs)
            known.skipped += known.steps == before
            return result

        module.GradScaler.step = stepped

    # Schedulers

    def _schedulers(self, module: types.ModuleType) -> None:
        for kind in list(vars(module).values()):
            if isinstance(kind, type) and issubclass(kind, module.LRScheduler):
                for name in {"step", "__init__"} & vars(kind).keys():
                    setattr(kind, name, self._scheduling(vars(kind)[name], name == "step"))

    def _scheduling(self, original: _Call, is_step: bool) -> _Call:
        @functools.wraps(original)
        def within(self_: Any, *args: Any, **kwargs: Any) -> Any:
            depth, self._depth = self._depth, self._depth + 1  # they call each other
            try:
                result = original(self_, *args, **kwargs)
            finally:
                self._depth = depth
            if not depth:
                if is_step:
                    place = self._scene.places.here()
                    self._events.tell("scheduled", self_, place, len(args) + len(kwargs))
                else:
                    self._scene.schedulers[self_] = self._scene.entry
            return result

        return within


def storages(tensors: list[Any]) -> frozenset[Any]:
    """Weak references to the memory of tensors, equal if it is the same. Addresses would not do:
    what is freed is given to others."""
    kind = sys.modules["torch.multiprocessing.reductions"].StorageWeakRef
    found = set()
    for tensor in tensors:
        with contextlib.suppress(RuntimeError, NotImplementedError):  # a sparse tensor has none
            found.add(kind(tensor.untyped_storage()))
    return frozenset(found)


def _add_hook(table: Any, hook: Callable[[Any, Any, Any], None]) -> None:
    """Under midrun's key, which savepoints leave out; who has it already is called as well."""
    before = table.get(KEY)

    def both(optimizer: Any, args: Any, kwargs: Any) -> Any:
        hook(optimizer, args, kwargs)
        return before(optimizer, args, kwargs) if before is not None else None

    table[KEY] = both
