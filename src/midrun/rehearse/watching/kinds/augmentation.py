"""Workers that draw the same random numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from midrun.rehearse.fault import Fault
from midrun.rehearse.watching.watcher import Watcher, fault


class SameAugmentation(Watcher):
    """Compares the states of those generators that the workers of a training loader drew from. An
    IterableDataset may mean its workers to agree on an order, of which each takes a part."""

    def faults(self) -> Iterator[Fault]:
        workers: dict[tuple[int, str, int], set[int]] = defaultdict(set)
        for draw in self.scene.draws:
            for path, state in draw.drawn.items():
                workers[draw.base, path, state].add(draw.worker)
        for (base, path, _), same in workers.items():
            loader = self.scene.bases.get(base)
            if loader is not None and loader.trains and not loader.iterable and len(same) > 1:
                yield from fault(
                    "same-augmentation",
                    loader.place,
                    f"{len(same)} workers of this loader draw the same random numbers from"
                    f" {_NAMES.get(path, path)}",
                    "its state before the first batch is the same in workers"
                    f" {', '.join(map(str, sorted(same)))}",
                )


_NAMES = {
    "python": "Python's generator",
    "numpy": "NumPy's generator",
    "torch": "torch's generator",
}
