"""What is known of the models, loaders and optimizers of a training, as plain data.

Nothing here holds a tensor, a module or anything else of the program's.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass, field
from typing import Any

from midrun.rehearse.watching.graph import Reach
from midrun.rehearse.watching.loops import Entry
from midrun.rehearse.watching.places import Place


@dataclass(eq=False)
class Model:
    """A module that the program called. `parameters` are the ids of its parameters, `modal` the
    modules in it that do something else in training than in evaluation. `generates` says that its
    output went into another model, `carries` that what it gave (in storages that `gave` refers to)
    was given to it again."""

    name: str
    ref: weakref.ref[Any]
    parameters: frozenset[int]
    modal: tuple[weakref.ref[Any], ...]
    generates: bool = False
    carries: bool = False
    gave: frozenset[Any] = frozenset()

    def modal_in_training(self) -> bool:
        """Whether any of those is in training mode."""
        found = (ref() for ref in self.modal)
        return any(module is not None and module.training for module in found)


@dataclass(eq=False)
class Pass:
    """One time through a loader: the items of the first batch, and digests of its tensors."""

    first: tuple[Any, ...] | None = None
    digests: tuple[int, ...] = ()
    batches: int = 0


@dataclass(eq=False)
class Loader:
    """A DataLoader, and the line that made it. `trains` says that a backward pass came from its
    data, `order` is the name of the class of its sampler."""

    place: Place | None
    ref: weakref.ref[Any]
    trains: bool = False
    passes: list[Pass] = field(default_factory=list)
    order: str = ""
    own_batches: bool = False
    iterable: bool = False
    partial: bool = False


@dataclass(eq=False)
class Optimizer:
    """An optimizer, and the line that made it; how often it took a step, how often a GradScaler
    skipped one, and the loop in which it was made."""

    place: Place | None
    ref: weakref.ref[Any]
    entry: Entry | None
    parameters: frozenset[int] = frozenset()
    steps: int = 0
    skipped: int = 0
    groups: int = 0

    def refresh(self) -> None:
        """Read the ids of its parameters anew if there are more groups."""
        optimizer = self.ref()
        if optimizer is not None and len(optimizer.param_groups) != self.groups:
            self.groups = len(optimizer.param_groups)
            ids = (id(p) for group in optimizer.param_groups for p in group["params"])
            self.parameters |= frozenset(ids)


@dataclass(eq=False)
class Forward:
    """One call of a model by the program. `training` is its mode, `modal` whether a part of it that
    the mode matters to was in training mode, `round_around` the round of the loop around its own,
    `outputs` are the graph nodes of what it gave (none without gradients), `inputs` numbers that
    stand for the tensors that it was given. `reached` says whether a backward pass came to the
    outputs: None if that is not known."""

    model: Model
    place: Place
    entry: Entry | None
    index: int
    round_around: int
    loaders: tuple[Loader, ...]
    training: bool
    modal: bool
    outputs: tuple[int, ...]
    inputs: tuple[int, ...]
    reached: bool | None = False


@dataclass(eq=False)
class Backward:
    """One backward pass from `roots`; `spends` says that its graph is of no use after it. `below`
    is None where the graph was not walked through, to save time."""

    place: Place | None
    entry: Entry | None
    roots: tuple[int, ...]
    spends: bool
    below: Reach | None


@dataclass(frozen=True)
class Draw:
    """What a worker of the pass with the seed `base` drew for its first batch: by the path of each
    generator that it drew from, a digest of its state before."""

    base: int
    worker: int
    drawn: dict[str, int]
