"""A seed that is set in a loop, so that each round draws the same random numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from midrun.rehearse.fault import Fault
from midrun.rehearse.watching.facts import Forward
from midrun.rehearse.watching.loops import Entry
from midrun.rehearse.watching.places import Place
from midrun.rehearse.watching.seeding import digest
from midrun.rehearse.watching.watcher import Watcher, fault


@dataclass
class _Seeded:
    """What is known since a library's generator was seeded the last time: its state then, and that
    at the first call of a model that something may be learned from. `evaluated` says that an
    evaluation came before that."""

    place: Place
    entry: Entry
    optimizers: int
    state: int = 0
    training: int | None = None
    evaluated: bool = False


class SeedInLoop(Watcher):
    """Two rounds of one loop train from the same random state, drawing from it, and with an
    optimizer that is older than the round: where each round is a training of its own (several
    learning rates, say), the same seed is meant. Seeds that differ are none, nor is one that an
    evaluation sets, if it puts back the state or the training draws nothing after it."""

    def __init__(self, scene: Any) -> None:
        super().__init__(scene)
        self._last: dict[str, _Seeded] = {}
        self._values: dict[tuple[Place, str], str] = {}
        self._differing: set[tuple[Place, str]] = set()
        self._repeats: Counter[tuple[Place, str, int]] = Counter()

    def seeding(self, library: str, seed: Any, place: Place | None) -> None:
        self._close(library)
        entry = self.scene.entry
        if place is not None and entry is not None and seed is not None:
            if self._values.setdefault((place, library), repr(seed)) != repr(seed):
                self._differing.add((place, library))
            self._last[library] = _Seeded(place, entry, entry.optimizers)

    def seeded(self, library: str) -> None:
        if library in self._last:
            self._last[library].state = digest(library)

    def restored(self, library: str) -> None:
        self._last.pop(library, None)

    def forward(self, forward: Forward) -> None:
        for library, seeded in self._last.items():
            if not forward.outputs:
                seeded.evaluated = seeded.evaluated or seeded.training is None
            elif seeded.training is None:
                seeded.training = digest(library)

    def _close(self, library: str) -> None:
        """A generator is about to be seeded again: was it used since the last time?"""
        seeded = self._last.pop(library, None)
        if seeded is None or seeded.training is None:
            return
        drew_before = seeded.training != seeded.state and not seeded.evaluated
        drew_since = digest(library) != seeded.training
        is_older = seeded.entry.optimizers == seeded.optimizers and seeded.entry.backwards
        if (drew_before or drew_since) and is_older:
            self._repeats[seeded.place, library, seeded.training] += 1

    def faults(self) -> Iterator[Fault]:
        for library in list(self._last):
            self._close(library)
        for (place, library, _), times in self._repeats.items():
            if times > 1 and (place, library) not in self._differing:
                yield from fault(
                    "seed-in-loop",
                    place,
                    f"the training draws the same random numbers after each seeding of {library}",
                    f"{times} rounds were trained from the same state of its generator",
                )
