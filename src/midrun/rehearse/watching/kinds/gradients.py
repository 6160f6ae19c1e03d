"""Parameters that an optimizer has, and that never get a gradient."""

from __future__ import annotations

import weakref
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from midrun.rehearse.fault import Fault
from midrun.rehearse.watching.facts import Optimizer
from midrun.rehearse.watching.parameters import Role, role_of, value
from midrun.rehearse.watching.places import Place
from midrun.rehearse.watching.watcher import Watcher, fault

_STEPS = 3  # without a gradient


@dataclass
class _Suspect:
    """A parameter that has had no gradient in any step of its optimizer so far."""

    ref: weakref.ref[Any]
    steps: int = 0
    place: Place | None = None
    role: Role | None = None
    value: float = 0.0
    is_fine: bool = False


class NoGradient(Watcher):
    """Only what the program's own code made counts: a library's model may well have a part that is
    not used. One that changes by itself is changed by hand (a mean of others, say)."""

    def __init__(self, scene: Any) -> None:
        super().__init__(scene)
        self._suspects: dict[Optimizer, list[_Suspect]] = {}
        self._groups: dict[Optimizer, int] = {}

    def stepped(self, known: Optimizer, optimizer: Any) -> None:
        if self._groups.get(known) != len(optimizer.param_groups):
            self._groups[known] = len(optimizer.param_groups)
            parameters = [p for group in optimizer.param_groups for p in group["params"]]
            self._suspects[known] = [_Suspect(weakref.ref(p)) for p in parameters]
        self._suspects[known] = [s for s in self._suspects[known] if self._is_without(s)]

    def _is_without(self, suspect: _Suspect) -> bool:
        parameter = suspect.ref()
        if parameter is None:
            return suspect.role is not None  # the program has ended with it
        if parameter.grad is not None or suspect.is_fine:
            return False
        if not parameter.requires_grad:
            suspect.steps = 0
            return True
        suspect.steps += 1
        if suspect.steps == _STEPS - 1:
            making = self.scene.makings.get(parameter)
            suspect.place = making.place if making is not None else None
            suspect.role = role_of(parameter, self.scene)
            suspect.value = value(parameter)
        elif suspect.steps >= _STEPS and self.scene.budget.allows("value"):
            suspect.is_fine = value(parameter) != suspect.value
        return True

    def faults(self) -> Iterator[Fault]:
        by_line: dict[Place, list[tuple[str, int]]] = defaultdict(list)
        for suspects in self._suspects.values():
            for one in suspects:
                if one.steps < _STEPS or one.is_fine or one.role is None or one.place is None:
                    continue
                if not one.role.may_get_a_gradient(self.scene):
                    by_line[one.place].append((one.role.name, one.steps))
        for place, found in by_line.items():
            names = ", ".join(name for name, _ in found[:4])
            yield from fault(
                "no-gradient",
                place,
                f"{names} never gets a gradient",
                f"none in any of {found[0][1]} steps of its optimizer",
            )
