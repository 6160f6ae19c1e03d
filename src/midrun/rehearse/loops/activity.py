"""What models do in the rounds of loops: forward passes, backward passes, steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


def _no_one(loss: Any) -> None:
    pass


@dataclass
class Activity:
    """Counts since the start. `depth` is above 0 while a module's forward or a backward pass runs,
    `forwards` counts calls of modules that are in no other; `on_loss` is told of each backward pass
    before it begins. `batch` is the largest number of items that a module was given to learn from.
    """

    forwards: int = 0
    backwards: int = 0
    steps: int = 0
    depth: int = 0
    batch: int = 0
    on_loss: Callable[[Any], None] = _no_one

    @property
    def trained(self) -> int:
        return self.backwards + self.steps

    def called(self, args: tuple[Any, ...], *, learns: bool) -> None:
        """A module is called, with gradients if it `learns`."""
        self.forwards += 1
        for argument in args if learns else ():
            shape = getattr(argument, "shape", None)
            if shape:
                self.batch = max(self.batch, int(shape[0]))
                break
