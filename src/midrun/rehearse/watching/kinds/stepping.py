"""Gradients that no step of an optimizer uses."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from midrun.rehearse.fault import Fault
from midrun.rehearse.watching.facts import Backward, Forward, Optimizer
from midrun.rehearse.watching.parameters import value
from midrun.rehearse.watching.places import Place
from midrun.rehearse.watching.watcher import Watcher, fault

_PASSES = 4


@dataclass
class _Waiting:
    """An optimizer that has not been stepped yet: the backward passes to its parameters, and the
    value of one of these."""

    place: Place | None
    value: float
    passes: int = 0
    changes: bool = False


class NeverStepped(Watcher):
    """An optimizer whose parameters get gradients and are never changed, by it or by another one or
    by hand. Passes whose gradients are not finite do not count: their steps are left out."""

    def __init__(self, scene: Any) -> None:
        super().__init__(scene)
        self._waiting: dict[Optimizer, _Waiting] = {}

        self._reached: list[frozenset[int]] = []

    def backward(self, backward: Backward, reached: list[Forward]) -> None:
        self._reached = [call.model.parameters for call in reached]

    def gradients(self, backward: Backward) -> None:
        for known in self.scene.optimizers:
            if known.steps or known.skipped:
                continue
            if all(map(known.parameters.isdisjoint, self._reached)):
                continue
            optimizer = known.ref()
            parameter = optimizer.param_groups[0]["params"][0] if optimizer is not None else None
            if parameter is not None and self._is_finite(parameter.grad):
                self._count(known, parameter, backward)

    @staticmethod
    def _is_finite(gradient: Any) -> bool:
        return gradient is not None and math.isfinite(value(gradient))

    def _count(self, known: Optimizer, parameter: Any, backward: Backward) -> None:
        seen = self._waiting.get(known)
        if seen is None:
            seen = self._waiting[known] = _Waiting(backward.place, value(parameter))
        seen.passes += 1
        if self.scene.budget.allows("value"):
            seen.changes = seen.changes or value(parameter) != seen.value

    def faults(self) -> Iterator[Fault]:
        stepped = [known for known in self.scene.optimizers if known.steps]
        for known, seen in self._waiting.items():
            fine = known.steps or known.skipped or seen.changes
            shared = any(known.parameters & other.parameters for other in stepped)
            if not fine and not shared and seen.passes >= _PASSES:
                made = f", made at {known.place}," if known.place else ""
                yield from fault(
                    "never-stepped",
                    seen.place,
                    "no step of an optimizer uses the gradients of this",
                    f"{seen.passes} backward passes, and the optimizer{made} took no step",
                )
