"""What happens in a training, as calls of a watcher's methods; each kind of fault has a watcher."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any

from midrun.rehearse.fault import Fault
from midrun.rehearse.watching.facts import Backward, Forward, Loader, Optimizer
from midrun.rehearse.watching.loops import Entry
from midrun.rehearse.watching.places import Place
from midrun.rehearse.watching.scene import Scene


class Watcher:
    """Looks out for one kind of fault. A method of this class does nothing, and is never called;
    one that a kind defines is. What it is given of the program's it must not keep."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    def round(self, entry: Entry, begins: bool, frame: types.FrameType) -> None:
        """A round of a loop begins in `frame`; `begins` says that it is its first one."""

    def mode(self, module: Any, training: bool) -> None:
        """`module.train(training)` is called by the program."""

    def forward(self, forward: Forward) -> None:
        """A model has been called by the program."""

    def backward(self, backward: Backward, reached: list[Forward]) -> None:
        """A backward pass begins, that comes to the outputs of the calls `reached`."""

    def gradients(self, backward: Backward) -> None:
        """It is done."""

    def stepping(self, known: Optimizer, optimizer: Any) -> None:
        """An optimizer is about to change its parameters."""

    def stepped(self, known: Optimizer, optimizer: Any) -> None:
        """It has."""

    def scheduled(self, scheduler: Any, place: Place | None, arguments: int) -> None:
        """The program has called `step` of a scheduler with so many arguments."""

    def loading(self, loader: Loader, of: Any) -> None:
        """A pass through a DataLoader begins."""

    def seeding(self, library: str, seed: Any, place: Place | None) -> None:
        """The global generator of a library is about to be seeded."""

    def seeded(self, library: str) -> None:
        """It has been."""

    def restored(self, library: str) -> None:
        """The state of the global generator of a library has been put back."""

    def faults(self) -> Iterator[Fault]:
        """What was found, when the script has ended."""
        yield from ()


def fault(rule: str, place: Place | None, message: str, evidence: str = "") -> Iterator[Fault]:
    """A fault, if the line that it is about is known."""
    if place is not None:
        yield Fault(rule, place.file, place.line, message, evidence)
