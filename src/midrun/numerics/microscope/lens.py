"""The microscope in use on a training: what it is asked at each turn, and the history beside it."""

from __future__ import annotations

import math
import sys
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from midrun.numerics.finding import Finding, Line
from midrun.numerics.microscope.blame import Origin, as_used, trace, trace_event, trace_last
from midrun.numerics.microscope.components import Components, norms_of
from midrun.numerics.microscope.describe import finding
from midrun.numerics.microscope.diagnosis import diagnose
from midrun.numerics.microscope.mode import Microscope
from midrun.numerics.microscope.tensors import kind
from midrun.numerics.places import Place
from midrun.numerics.related import batch_loop, construction
from midrun.numerics.trend import Growth, growth, jump
from midrun.run.seen import Count, Look
from midrun.run.sentinel import name_of
from midrun.run.steps import parameters_of

_LOOKS = 200  # that are kept
_GROWS = ("overflow", "half-overflow", "unknown", "inf-minus-inf")


@dataclass
class _Step:
    """How an optimizer took its last step."""

    line: Place | None
    rate: float | None


class Lens:
    """`is_own` tells the program's files, `history` is what the sentinel saw before."""

    def __init__(self, is_own: Callable[[str], bool], history: Sequence[Look]) -> None:
        self._history = list(history)
        self._looks: deque[Look] = deque(maxlen=_LOOKS)  # at the steps since
        self._components = Components()
        self._scope = Microscope(is_own, self._components.modules)
        self._steps: dict[str, _Step] = {}  # by optimizer, the last one last
        self._loss = math.nan

    def enter(self) -> None:
        """Watch every operation from now on."""
        self._scope.__enter__()

    def leave(self) -> None:
        """Watch no more."""
        self._scope.__exit__(None, None, None)

    def last_number(self) -> Finding | None:
        """What there is to say if the last single number that was computed is bad: a loss."""
        numbers = [
            event
            for event in self._scope.events.values()
            if event.phase == "forward" and event.outputs and event.outputs[0].shape.numel() == 1
        ]
        if not numbers or numbers[-1].bad < 0:
            return None
        return self._finding(trace_event(self._scope, numbers[-1]), "loss")

    def leaves(self) -> list[torch.Tensor]:
        """The leaves of the graph that have a gradient."""
        return [leaf for leaf in self._scope.leaves.values() if leaf.grad is not None]

    def saw_loss(self, count: Count, loss: float) -> None:
        """For the history: the loss of a backward pass."""
        self._loss = loss
        self._components.loss(count.backwards, loss)

    def saw_gradients(self, count: Count, optimizer: Any) -> None:
        """For the history: an optimizer before its step."""
        groups, name = optimizer.param_groups, name_of(optimizer)
        parameters = parameters_of(groups)
        norms = self._components.gradients(count.backwards, parameters)
        of_groups = [math.hypot(*(norms.get(id(p), 0.0) for p in g["params"])) for g in groups]
        of_parameters = math.hypot(*norms_of(parameters))
        self._looks.append(Look(count, self._loss, of_groups, of_parameters, name))
        rate = float(groups[0]["lr"]) if groups and "lr" in groups[0] else None
        self._steps.pop(name, None)
        self._steps[name] = _Step(self._scope.places.innermost(sys._getframe(1)), rate)

    def in_optimizer(self, inside: bool) -> None:
        """An optimizer's step begins or ends."""
        self._scope.in_optimizer = inside

    def next_step(self) -> None:
        """A step is done, and all is fine."""
        self._scope.next_step()

    def bad(self, tensors: Iterable[Any], what: str) -> Finding | None:
        """What there is to say if any of `tensors` is bad: the earliest of where they began."""
        with torch.utils._python_dispatch._disable_current_modes():
            wrong = [t for t in tensors if isinstance(t, torch.Tensor) and kind(t)]
            if not wrong:
                return None
            known = trace(self._scope, wrong)
            if not known:
                return Finding(
                    "unknown", "it was bad before the first operation that was watched",
                    "forward", "", None, harm=what, history=self._components.rows(),
                )  # fmt: skip
            first = min(known, key=lambda origin: origin.event.index)
            return self._finding(first, what)

    def at_error(self, error: BaseException) -> Finding | None:
        """What there is to say of the last bad value, where the program has raised."""
        with torch.utils._python_dispatch._disable_current_modes():
            origin = trace_last(self._scope)
            name = type(error).__name__
            return self._finding(origin, f"the program raised {name}") if origin else None

    def _finding(self, origin: Origin, harm: str) -> Finding:
        origin = as_used(origin)
        diagnosis = diagnose(origin, self._scope.events)
        found = finding(diagnosis, origin, harm, self._components.modules.batch)
        found.history = self._components.rows()
        found.epoch = _epoch()
        grown = self._growth() if found.cause in _GROWS else None
        name = grown[0] if grown is not None else next(reversed(self._steps), "")
        step = self._steps.get(name, _Step(None, None))
        found.lr = step.rate
        found.step_line = Line.of(step.line) if step.line is not None else None
        if grown is None and found.cause in _GROWS and (note := self._jump(name)):
            found.notes.append(note)
        if grown is not None:
            found.cause, found.phase = "divergence", "optimizer"
            found.reason = f"{grown[1]}; then {found.reason}"
            if found.step_line is not None:
                found.also = [line for line in (found.line, *found.also) if line is not None]
                found.line = found.step_line
        found.also += self._related(found, name)
        return found

    def _related(self, found: Finding, optimizer: str) -> list[Line]:
        """Where the optimizer was made whose step is to blame, or where a bad batch comes from."""
        blamed, step, line = found.line, found.step_line, None
        if blamed is None:
            return []
        is_step = step is not None and (blamed.file, blamed.line) == (step.file, step.line)
        if found.phase == "optimizer" and is_step:
            line = construction(optimizer.partition(" ")[0], blamed, self._scope.places.own)
        elif found.cause == "bad-input":
            line = batch_loop(blamed.file, blamed.line)
        return [line] if line is not None else []

    def _growth(self) -> tuple[str, Growth] | None:
        """The optimizer whose training grows without end, and what of it; of several, the one that
        grows fastest."""
        found = {name: grown for name in self._steps if (grown := growth(self._series(name)))}
        fastest = max(found, key=lambda name: found[name].factor, default=None)
        return (fastest, found[fastest]) if fastest is not None else None

    def _jump(self, optimizer: str) -> str | None:
        """That the step before was a large one."""
        factor = jump([norm for _, norm in self._series(optimizer)["gradients"]])
        if factor is None:
            return None
        return (
            f"the gradient of the step before had {factor:.3g} times its usual norm: the training "
            "may diverge, and this operation only be the first that shows it"
        )

    def _series(self, optimizer: str) -> dict[str, list[tuple[int, float]]]:
        """What may have grown, by backward pass: as the sentinel saw it, then the replay."""
        since = self._looks[0].count.backwards if self._looks else math.inf
        before = [look for look in self._history if look.count.backwards < since]
        looks = [look for look in (*before, *self._looks) if look.optimizer == optimizer]
        return {
            "parameters": [(look.count.backwards, look.parameters) for look in looks],
            "loss": [(look.count.backwards, abs(look.loss)) for look in looks],
            "gradients": [(look.count.backwards, look.gradients) for look in looks],
        }


def _epoch() -> int:
    """The epoch, where a variable of a running function says it; else -1."""
    frame = sys._getframe()
    while frame is not None:
        for names in (frame.f_locals, frame.f_globals if frame.f_back is None else {}):
            for name, value in list(names.items()):
                if name in ("epoch", "ep", "epoch_idx", "epoch_i") and type(value) is int:
                    return value
        if frame.f_back is None:
            return -1
        frame = frame.f_back
    return -1
