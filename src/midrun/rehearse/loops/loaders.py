"""Passes through a DataLoader, and leaving out batches of them.

Some loaders draw from a DataLoader by themselves, a batch ahead of what they give: accelerate's,
which wants to know which batch is the last one when it gives it. Their iterators are generators.
To leave out batches, those of the DataLoader's own pass are left out, and those drawn before are
dropped.
"""

from __future__ import annotations

import functools
import itertools
import types
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from midrun.run.imports import after_import

_AHEAD = {"accelerate.data_loader": "DataLoaderShard"}
_PARTS = ("_sampler_iter", "_num_workers", "_num_yielded")


class Ahead:
    """A pass through such a loader, in the place of its generator."""

    def __init__(self, loader: Any, items: Any) -> None:
        self._loader = loader
        self._items = items
        self._num_yielded = 0

    def __iter__(self) -> Ahead:
        return self

    def __next__(self) -> Any:
        item = next(self._items)
        self._num_yielded += 1
        return item

    def __len__(self) -> int:
        return len(self._loader)

    @property
    def inner(self) -> Any:
        """The DataLoader's own pass; None before the first batch, and after the last one."""
        frame = self._items.gi_frame
        held = frame.f_locals.values() if frame is not None else ()
        return next((one for one in held if is_pass(one)), None)

    @property
    def _num_workers(self) -> int:
        return int(self._loader.num_workers)

    @property
    def _dataset_kind(self) -> int:
        return int(self._loader._dataset_kind)

    def leave_out(self, count: int) -> None:
        """Leave out the next batches."""
        inner, drawn = self.inner, count
        if inner is not None:
            drawn = min(count, inner._num_yielded - self._num_yielded)
            leave_out(inner, count - drawn)
        drop(self._items, drawn)
        self._num_yielded += count


def is_pass(iterator: Any) -> bool:
    """Whether this is a pass of which batches can be left out."""
    return isinstance(iterator, Ahead) or all(hasattr(iterator, name) for name in _PARTS)


def is_iterable_style(iterator: Any) -> bool:
    """Whether it is one through an IterableDataset: its items have to be drawn."""
    return int(getattr(iterator, "_dataset_kind", 0)) != 0


def leave_out(iterator: Any, count: int) -> None:
    """Leave out the next batches of a pass, unless they have to be drawn."""
    if is_iterable_style(iterator):
        return
    if isinstance(iterator, Ahead):
        iterator.leave_out(count)
        return
    out = _under_way(iterator)
    passed = max(0, count - out)
    drop(iterator._sampler_iter, passed)
    iterator._num_yielded += passed
    # What the workers are at work on already has to be taken from them; they get new tasks.
    drop(iterator, min(out, count))


def drop(iterator: Iterator[Any], count: int) -> None:
    """Draw items of which nothing is made."""
    deque(itertools.islice(iterator, count), maxlen=0)


def watch() -> None:
    """Have loaders that draw ahead give such passes from now on."""
    for module, kind in _AHEAD.items():
        after_import(module, functools.partial(_wrap, kind=kind))


def _wrap(module: types.ModuleType, kind: str) -> None:
    loader = vars(module)[kind]
    loader.__iter__ = _ahead(loader.__iter__)


def _ahead(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    @functools.wraps(original)
    def begin(self: Any) -> Any:
        items = original(self)
        return Ahead(self, items) if isinstance(items, types.GeneratorType) else items

    return begin


def _under_way(iterator: Any) -> int:
    """How many batches the workers of a pass have been given and the program has not had."""
    return int(getattr(iterator, "_send_idx", 0)) - int(getattr(iterator, "_rcvd_idx", 0))
