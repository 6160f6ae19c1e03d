"""Evaluation in training mode, and evaluation with gradients on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from midrun.rehearse.fault import Fault
from midrun.rehearse.watching.facts import Forward
from midrun.rehearse.watching.places import Place
from midrun.rehearse.watching.watcher import Watcher, fault


class Evaluation(Watcher):
    """Looks at the calls of trained models on data that they are not trained on (see
    `Scene.evaluations`), line by line."""

    def faults(self) -> Iterator[Fault]:
        by_line: dict[Place, list[Forward]] = defaultdict(list)
        for forward in self.scene.evaluations():
            by_line[forward.place].append(forward)
        for place, calls in by_line.items():
            yield from _in_training_mode(place, calls)
            yield from _with_gradients(place, calls)


def _in_training_mode(place: Place, calls: list[Forward]) -> Iterator[Fault]:
    found = [call for call in calls if call.training and call.modal]
    if found:
        kinds = sorted({type(m).__name__ for ref in found[0].model.modal if (m := ref())})
        inside = f" ({', '.join(kinds[:3])} in it)" if kinds else ""
        yield from fault(
            "evaluates-in-training-mode",
            place,
            f"{found[0].model.name} is evaluated here in training mode",
            f"{len(found)} of {len(calls)} calls on data that nothing is learned from{inside}",
        )


def _with_gradients(place: Place, calls: list[Forward]) -> Iterator[Fault]:
    found = [call for call in calls if call.outputs]
    if found:
        yield from fault(
            "evaluates-with-gradients",
            place,
            f"{found[0].model.name} builds an autograd graph here that nothing uses",
            f"{len(found)} of {len(calls)} calls, and no backward pass came to their results",
        )
