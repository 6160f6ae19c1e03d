"""What all watchers share: the loops under way, models, optimizers and loaders of a training.

Nothing here holds a tensor, a module or anything else of the program's; facts go when it goes.
"""

from __future__ import annotations

import types
import weakref
from collections import deque
from collections.abc import Iterator
from typing import Any

from midrun.rehearse.watching.budget import Budget
from midrun.rehearse.watching.facts import Backward, Draw, Forward, Loader, Model, Optimizer
from midrun.rehearse.watching.holdings import Held, holdings
from midrun.rehearse.watching.loops import Entry, Loops
from midrun.rehearse.watching.places import Making, Place, Places
from midrun.rehearse.watching.weak import Weakly

_FORWARDS = 5000  # that are remembered
_FREE = 12  # rounds of a loop, each time, that are looked at whatever it costs
_LEARNED = 5  # of them, if something is learned in each: all faults have shown by then


class Scene:
    """The facts. `spent` are the graph nodes (outputs of models, and roots) of backward passes
    whose graph is of no use any more; `makings` say where a parameter was made, None where
    a library did; `loaded` are parameters whose values came from a checkpoint."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.loops = Loops()
        self.models: Weakly[Model] = Weakly()
        self.loaders: Weakly[Loader] = Weakly()
        self.all_loaders: list[Loader] = []
        self.optimizers: list[Optimizer] = []
        self.forwards: deque[Forward] = deque(maxlen=_FORWARDS)
        self.spent: set[int] = set()
        self.makings: Weakly[Making | None] = Weakly()
        self.loaded: Weakly[bool] = Weakly()
        self.called: set[int] = set()  # the ids of all modules that were called
        self.called_with_gradients: set[int] = set()
        self.draws: list[Draw] = []
        self.blocks: set[int] = set()  # that worker processes ran
        self.bases: dict[int, Loader] = {}  # by the seed of a pass
        self.schedulers: Weakly[Entry | None] = Weakly()  # the loops that they were made in
        self.budget = Budget(share=0.02, free=_FREE)
        self._observes: bool | None = None
        self._recent: list[Forward] = []
        self._by_output: dict[int, Forward] = {}
        self._pending: tuple[Loader, ...] = ()
        self._held: list[Held] | None = None

    @property
    def entry(self) -> Entry | None:
        """The innermost loop under way."""
        return self.loops.innermost

    def began_round(self, entry: Entry) -> None:
        """A round has begun, with what was loaded for it."""
        entry.batch, self._pending = self._pending, ()
        self._observes = None
        self._held = None

    def round_is_told(self) -> None:
        """All watchers have looked at the variables of a round that begins."""
        self._held = None

    def holdings(self, frame: types.FrameType) -> list[Held]:
        """What the program holds in the round that begins in `frame`."""
        if self._held is None:
            self._held = list(holdings(frame, self.places))
        return self._held

    def is_early(self, entry: Entry | None) -> bool:
        """Whether the round under way is one of those that are looked at in any case."""
        return entry is not None and entry.visited <= _FREE and entry.learned < _LEARNED

    def left(self, entry: Entry) -> None:
        """A loop has ended: before its data did, or not."""
        for loader in entry.batch:
            found = loader.ref() if isinstance(loader, Loader) else None
            if isinstance(loader, Loader) and entry.index + 1 < _length(found):
                loader.partial = True

    def loaded_batch(self, loader: Loader) -> None:
        """A loader has given a batch."""
        self._pending = (*(known for known in self._pending if known is not loader), loader)

    def batch(self) -> tuple[Loader, ...]:
        """The loaders that the data at hand come from."""
        if self._pending and self.entry is not None:
            self.entry.batch = self._pending
            self._pending = ()
        around = self.loops.outwards()
        found: Any = next((entry.batch for entry in around if entry.batch), self._pending)
        return tuple(found)

    def observes_call(self) -> bool:
        """Whether to look at a call of a model: in the first rounds of a loop always, and later as
        the budget allows. All calls up to a backward pass are, or none: of a half nothing could
        be told."""
        if self._observes is None:
            self._observes = self.is_early(self.entry) or self.budget.allows("call")
        return self._observes

    def observes_pass(self) -> bool:
        """Whether to look at a backward pass: where its call was looked at, and where a loop has
        ended whose calls it may come to."""
        observes = self.observes_call() if self._observes is None else self._observes
        self._observes = None
        return observes or any(self._is_over(forward) for forward in self._recent)

    def add_forward(self, forward: Forward) -> None:
        """A model was called."""
        self.forwards.append(forward)
        if forward.outputs:
            self._recent.append(forward)
            self._by_output.update(dict.fromkeys(forward.outputs, forward))

    def output(self, number: int) -> Forward | None:
        """The call whose output a graph node made, if it is remembered."""
        return self._by_output.get(number)

    def add_backward(self, backward: Backward) -> list[Forward]:
        """A backward pass begins; returns the calls that it comes to."""
        for entry in self.loops.outwards():
            entry.backwards += 1
        if backward.below is None:
            for forward in self._recent:
                forward.reached = forward.reached or None
                self._trains(forward)
            self._recent = []
            return []
        numbers = backward.below.numbers
        reached = [f for f in self._recent if not numbers.isdisjoint(f.outputs)]
        for forward in reached:
            forward.reached = True
            self._trains(forward)
        if not backward.below.whole:
            for forward in self._recent:
                forward.reached = forward.reached or None
        if backward.spends:
            self.spent.update(backward.roots, *(forward.outputs for forward in reached))
            self._recent = [f for f in self._recent if not f.reached]
        if backward.below.whole:
            self._recent = [f for f in self._recent if not self._is_over(f)]
        self._recent = self._recent[-_FORWARDS:]
        self._forget()
        return reached

    def _is_over(self, forward: Forward) -> bool:
        """Whether the loop of a call has ended, the loop around it has come to another round, and
        nothing was learned from it until then."""
        entry = forward.entry
        if entry is None or entry.around is None or entry.backwards:
            return False
        return entry not in self.loops.outwards() and entry.around.index != forward.round_around

    def _trains(self, forward: Forward) -> None:
        for loader in forward.loaders:
            loader.trains = True

    def _forget(self) -> None:
        if len(self._by_output) > 4 * _FORWARDS:
            for number in list(self._by_output)[: 2 * _FORWARDS]:
                del self._by_output[number]
                self.spent.discard(number)

    def add_step(self, optimizer: Optimizer) -> None:
        """An optimizer is asked for a step."""
        optimizer.refresh()
        optimizer.steps += 1
        for entry in self.loops.outwards():
            entry.steps += 1

    def optimizer(self, optimizer: Any) -> Optimizer:
        """What is known of an optimizer."""
        found = next((known for known in self.optimizers if known.ref() is optimizer), None)
        if found is None:
            found = Optimizer(self.places.here(), weakref.ref(optimizer), self.entry)
            found.refresh()
            self.optimizers.append(found)
            for entry in self.loops.outwards():
                entry.optimizers += 1
        return found

    def is_trained(self, model: Model) -> bool:
        """Whether an optimizer has changed parameters of a model."""
        return any(o.steps and o.parameters & model.parameters for o in self.optimizers)

    def evaluations(self) -> Iterator[Forward]:
        """Calls of a trained model on other data than it is trained on, of which nothing is
        learned: in a loop over a loader in which there is no backward pass, or on a tensor that is
        always the same."""
        constant = self._constant_inputs()
        for forward in self.forwards:
            if forward.reached is not False or not self.is_trained(forward.model):
                continue
            entry = forward.entry
            over = forward.loaders and not any(loader.trains for loader in forward.loaders)
            apart = entry is not None and entry.backwards == 0
            if (over and apart) or (
                not forward.loaders and not forward.model.generates and id(forward) in constant
            ):
                yield forward

    def _constant_inputs(self) -> set[int]:
        """The ids of the calls whose input was given at the same line before, or is again, and is
        nowhere learned from."""
        learned: set[int] = set()
        times: dict[tuple[Place, int], int] = {}
        for forward in self.forwards:
            if forward.reached is not False:
                learned.update(forward.inputs)
            for one in forward.inputs:
                times[forward.place, one] = times.get((forward.place, one), 0) + 1
        return {
            id(forward)
            for forward in self.forwards
            if forward.inputs
            and learned.isdisjoint(forward.inputs)
            and times[forward.place, forward.inputs[0]] > 1
        }

    def name_of(self, parameter: Any) -> str:
        """The name of a parameter in a model that was called, or its shape."""
        for module, _ in self.models.items():
            for name, one in module.named_parameters():
                if one is parameter:
                    return f"{type(module).__name__}.{name}"
        return f"a parameter of shape {tuple(parameter.shape)}"

    def has_optimizer(self, parameter: int) -> bool:
        """Whether an optimizer has the parameter with this id."""
        return any(parameter in known.parameters for known in self.optimizers)


def _length(loader: Any) -> int:
    try:
        return len(loader)
    except (TypeError, NotImplementedError):  # an IterableDataset's
        return 0
