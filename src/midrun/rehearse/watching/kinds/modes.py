"""Training that goes on in evaluation mode after an evaluation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from midrun.rehearse.fault import Fault
from midrun.rehearse.watching.facts import Backward, Forward, Model
from midrun.rehearse.watching.places import Place
from midrun.rehearse.watching.watcher import Watcher, fault


class TrainNotSetBack(Watcher):
    """A model that was trained in training mode is, after an evaluation, trained in the evaluation
    mode that it was set to for that. A part that is kept in evaluation mode on purpose leaves the
    model itself in training mode, and is no fault."""

    def __init__(self, scene: Any) -> None:
        super().__init__(scene)
        self._eval: Place | None = None
        self._trained: dict[Model, int] = {}
        self._wrong: dict[Model, tuple[Place, int]] = {}
        self._evaluated: set[Model] = set()

    def mode(self, module: Any, training: bool) -> None:
        place = self.scene.places.here()
        if not training and place is not None:
            self._eval = place

    def backward(self, backward: Backward, reached: list[Forward]) -> None:
        for call in reached:
            model = call.model
            if call.training and call.modal:
                self._trained[model] = self._trained.get(model, 0) + 1
                self._evaluated.discard(model)
            elif model in self._trained and not call.training and not call.modal:
                self._saw_wrong(call)

    def forward(self, forward: Forward) -> None:
        other = forward.loaders and not any(loader.trains for loader in forward.loaders)
        if not forward.training and (other or not forward.outputs):
            self._evaluated.add(forward.model)

    def _saw_wrong(self, call: Forward) -> None:
        model, last = call.model, self._eval
        if last is not None and model in self._evaluated:
            first, count = self._wrong.get(model, (last, 0))
            self._wrong[model] = first, count + 1

    def faults(self) -> Iterator[Fault]:
        for model, (last, count) in self._wrong.items():
            if model.modal:
                yield from fault(
                    "train-not-set-back",
                    last,
                    f"{model.name} is set to evaluation mode here, and trained in it afterwards",
                    f"trained {self._trained[model]} times in training mode, then {count} times in"
                    " evaluation mode",
                )
