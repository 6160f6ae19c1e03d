"""Parameters that get gradients, and that no optimizer has."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from midrun.rehearse.fault import Fault
from midrun.rehearse.watching.facts import Backward, Forward
from midrun.rehearse.watching.parameters import value
from midrun.rehearse.watching.places import Making, Place
from midrun.rehearse.watching.watcher import Watcher, fault
from midrun.rehearse.watching.weak import Weakly

_PASSES = 3


@dataclass
class _Suspect:
    number: int  # the id of the parameter
    place: Place
    name: str
    value: float
    passes: int = 0
    is_fine: bool = False


class NotInOptimizer(Watcher):
    """Sees the leaves of the graphs that backward passes go through, so that a layer is seen that
    the model itself does not know of (one in a plain list). What came from a checkpoint, a copy, or
    a library's own model is not meant to be trained where no optimizer has it; nor is what the
    program changes by hand."""

    def __init__(self, scene: Any) -> None:
        super().__init__(scene)
        self._known: Weakly[_Suspect] = Weakly()
        self._suspects: list[_Suspect] = []

    def backward(self, backward: Backward, reached: list[Forward]) -> None:
        if backward.below is None or not any(o.steps for o in self.scene.optimizers):
            return
        kind = sys.modules["torch"].nn.Parameter
        for leaf in backward.below.leaves:
            if self.scene.has_optimizer(id(leaf)) or not isinstance(leaf, kind):
                continue
            suspect = self._known.get(leaf) or self._meet(leaf)
            if suspect is not None:
                suspect.passes += 1
                suspect.is_fine = suspect.is_fine or self._is_meant(leaf, suspect)

    def _line_of(self, parameter: Any, making: Making) -> Place:
        """The line that leaves it out: in the constructor of a module that does not know of it, or
        of which an optimizer has other parts."""

        def leaves_out(module: Any) -> bool:
            parts = {id(p) for p in module.parameters()} if hasattr(module, "_parameters") else {0}
            return id(parameter) not in parts or any(map(self.scene.has_optimizer, parts))

        return making.seen_from(leaves_out)

    def _is_meant(self, parameter: Any, suspect: _Suspect) -> bool:
        if self.scene.loaded.get(parameter):
            return True
        return self.scene.budget.allows("value") and value(parameter) != suspect.value

    def _meet(self, parameter: Any) -> _Suspect | None:
        making = self.scene.makings.get(parameter)
        if making is None:
            return None
        name = self.scene.name_of(parameter)
        found = _Suspect(id(parameter), self._line_of(parameter, making), name, value(parameter))
        self._known[parameter] = found
        self._suspects.append(found)
        return found

    def faults(self) -> Iterator[Fault]:
        by_line: dict[Place, list[_Suspect]] = defaultdict(list)
        for one in self._suspects:
            fine = one.is_fine or self.scene.has_optimizer(one.number)
            if not fine and one.passes >= _PASSES:
                by_line[one.place].append(one)
        for place, found in by_line.items():
            names = ", ".join(one.name for one in found[:4])
            yield from fault(
                "not-in-optimizer",
                place,
                f"{names}: no optimizer changes it",
                f"got gradients in {found[0].passes} backward passes, and kept its values",
            )
