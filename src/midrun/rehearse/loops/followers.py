"""What moves on with the rounds of a loop though the loop does not draw from it: schedulers, passes
through a DataLoader that the program draws from by hand, and numbers that functions count up.

Where rounds are left out, these are moved on by as much as a round has moved them before.
"""

from __future__ import annotations

import ast
import functools
import types
import weakref
from collections.abc import Callable, Mapping
from typing import Any

from midrun.rehearse.loops import loaders
from midrun.rehearse.loops.counting import Key
from midrun.rehearse.loops.expressions import value_of
from midrun.rehearse.loops.names import Counter
from midrun.run.imports import after_import

Positions = dict[weakref.ref[Any], int]
_CLASSES = {
    "torch.optim.lr_scheduler": ("LRScheduler", "step"),
    "torch.utils.data.dataloader": ("_BaseDataLoaderIter", "__next__"),
    loaders.__name__: ("Ahead", "__next__"),
}


class Followers:
    """Knows the schedulers and passes that have been used, and where each was at `first`."""

    def __init__(self) -> None:
        self.first: Positions = {}

    def watch(self) -> None:
        """Get to know them from now on, as soon as torch is imported."""
        loaders.watch()
        for module, (kind, method) in _CLASSES.items():
            after_import(module, functools.partial(self._wrap, kind=kind, method=method))

    def positions(self) -> Positions:
        """Where each one is."""
        known = tuple(self.first)  # any of them may go meanwhile
        found = [(ref, one) for ref in known if (one := ref()) is not None]
        inner = {id(one.inner) for _, one in found if isinstance(one, loaders.Ahead)}
        return {ref: _position(one) for ref, one in found if id(one) not in inner}

    def moved(self, before: Positions) -> Positions:
        """By how much each one has moved on that was there before."""
        now = self.positions()
        grown = {ref: now[ref] - position for ref, position in before.items() if ref in now}
        return {ref: count for ref, count in grown.items() if count > 0}

    def move(self, by: Positions, rounds: int = 1) -> None:
        """Move each one on, as so many rounds do."""
        for ref, count in by.items():
            found = ref()
            if hasattr(found, "last_epoch"):
                _move_scheduler(found, count * rounds)
            elif found is not None:
                loaders.leave_out(found, count * rounds)

    def _wrap(self, module: types.ModuleType, kind: str, method: str) -> None:
        base = vars(module)[kind]
        for found in list(vars(module).values()):
            if isinstance(found, type) and issubclass(found, base) and method in vars(found):
                setattr(found, method, self._meeting(vars(found)[method]))

    def _meeting(self, original: Callable[..., Any]) -> Callable[..., Any]:
        known = self.first

        @functools.wraps(original)
        def meeting(self_: Any, *args: Any, **kwargs: Any) -> Any:
            ref = weakref.ref(self_, lambda ref: known.pop(ref, None))
            if ref not in known:
                known[ref] = _position(self_)
            return original(self_, *args, **kwargs)

        return meeting


def numbers(counters: tuple[Counter, ...], frame: types.FrameType) -> dict[int, int]:
    """The values of those of these counters that are whole numbers, by their position."""
    found = {}
    for position, counter in enumerate(counters):
        try:
            value = eval(ast.unparse(counter.target), frame.f_globals, frame.f_locals)
        except Exception:
            continue
        if type(value) is int:
            found[position] = value
    return found


def attributes(counters: tuple[Counter, ...], frame: types.FrameType) -> set[Key]:
    """Those of these counters that are attributes of objects."""
    targets = [c.target for c in counters if isinstance(c.target, ast.Attribute)]
    return {
        (id(value_of(ast.unparse(one.value), frame.f_globals, frame.f_locals)), one.attr)
        for one in targets
    }


def move_numbers(
    counters: tuple[Counter, ...], frame: types.FrameType, by: Mapping[int, int]
) -> None:
    """Add to them."""
    now = numbers(counters, frame)
    for position, count in by.items():
        target = counters[position].target
        if position not in now or not count:
            continue
        if isinstance(target, ast.Name):
            frame.f_globals[target.id] = now[position] + count
        elif isinstance(target, ast.Attribute):
            owner = eval(ast.unparse(target.value), frame.f_globals, frame.f_locals)
            try:
                setattr(owner, target.attr, now[position] + count)
            except AttributeError:
                continue  # it is computed from something else


def _position(found: Any) -> int:
    position = found.last_epoch if hasattr(found, "last_epoch") else found._num_yielded
    return position if type(position) is int else 0


def _move_scheduler(scheduler: Any, steps: int) -> None:
    """Most of torch's compute a learning rate from the one before: it has to be that of the step
    before, then, or a cosine would come out of its trough many times as high."""
    scheduler.last_epoch += steps
    rates = getattr(scheduler, "_get_closed_form_lr", None)
    if rates is None:
        return
    for group, rate in zip(scheduler.optimizer.param_groups, rates(), strict=False):
        if isinstance(group["lr"], float):
            group["lr"] = rate
