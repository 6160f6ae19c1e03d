"""Gradients that are never set to zero between two steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from midrun.rehearse.fault import Fault
from midrun.rehearse.watching.facts import Backward, Forward, Optimizer
from midrun.rehearse.watching.places import Place
from midrun.rehearse.watching.watcher import Watcher, fault

_STEPS = 3  # that have to be seen
_PARAMETERS = 3  # of an optimizer that are looked at
_LARGEST = 1_000_000  # elements of one that is looked at


@dataclass
class _Seen:
    """Of one optimizer: the steps that gradients were carried over to, or were not."""

    marks: list[tuple[int, int] | None] = field(default_factory=list)
    stepped: bool = False
    backwards: int = 0
    zeroed: bool = False
    carried: int = 0
    clean: int = 0
    place: Place | None = None


class NeverZeroed(Watcher):
    """Marks each gradient with its address and version after a step and after a backward pass. If
    at the next backward pass it has the same mark, and is not zero, then what is computed is added
    to it. A fault is only what never came to a zero between any two steps."""

    def __init__(self, scene: Any) -> None:
        super().__init__(scene)
        self._seen: dict[Optimizer, _Seen] = {}

    def backward(self, backward: Backward, reached: list[Forward]) -> None:
        for known, seen in self._seen.items():
            if seen.stepped and not seen.zeroed and not seen.clean:
                seen.zeroed = self._is_zeroed(known, seen)

    def gradients(self, backward: Backward) -> None:
        for known, seen in self._seen.items():
            if not seen.clean:
                seen.backwards += 1
                seen.place = backward.place
                seen.marks = [_mark(p) for p in self._looked_at(known)]

    def stepped(self, known: Optimizer, optimizer: Any) -> None:
        seen = self._seen.setdefault(known, _Seen())
        if seen.clean:
            return
        if seen.stepped and seen.backwards:
            seen.clean += seen.zeroed
            seen.carried += not seen.zeroed
        seen.stepped, seen.zeroed, seen.backwards = True, False, 0
        seen.marks = [_mark(p) for p in self._looked_at(known)]

    def faults(self) -> Iterator[Fault]:
        for seen in self._seen.values():
            if not seen.clean and seen.carried + 1 >= _STEPS:
                yield from fault(
                    "gradients-never-zeroed",
                    seen.place,
                    "this adds to the gradients of all steps before",
                    f"before each of {seen.carried} steps the gradients of the step before it were"
                    " still there",
                )

    def _is_zeroed(self, known: Optimizer, seen: _Seen) -> bool:
        for parameter, mark in zip(self._looked_at(known), seen.marks, strict=False):
            if mark is not None and _mark(parameter) == mark and _is_nonzero(parameter.grad):
                return False
        return True

    def _looked_at(self, known: Optimizer) -> list[Any]:
        optimizer = known.ref()
        if optimizer is None:
            return []
        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        small = [p for p in parameters if p.grad is not None and p.numel() <= _LARGEST]
        return small[-_PARAMETERS:]


def _mark(parameter: Any) -> tuple[int, int] | None:
    gradient = parameter.grad
    if gradient is None or gradient.is_sparse:
        return None
    return gradient.data_ptr(), gradient._version


def _is_nonzero(gradient: Any) -> bool:
    """`grad.data.zero_()` is not seen by the version."""
    return bool(gradient.detach().any())
