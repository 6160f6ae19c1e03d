"""What a loop draws its items from, in a form in which items can be left out.

The iterable of a `for` is taken apart as far as its kinds are known (`enumerate`, `zip`, tqdm, a
DataLoader): leaving out items of a DataLoader passes over their indices, and loads nothing. Where a
kind is not known (a generator of the user's), its items can only be drawn, which may take as long
as the training itself: where it does, it is not moved on, and gives the item that comes next.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from midrun.rehearse.loops.loaders import Ahead, drop, is_iterable_style, is_pass, leave_out

_QUICK = 2.0  # seconds
_LOADERS = "torch.utils.data.dataloader"
_CHEAP = (range, list, tuple, str, bytes, dict, set, frozenset)
_EMPTY: tuple[Iterable[Any], ...] = (range(0), range(1 << 70), [], (), "", b"", {}, set())
_CHEAP_ITERATORS = tuple(type(iter(empty)) for empty in _EMPTY)


class _Unknown:
    """Stands for an item that can't be told beforehand."""


UNKNOWN = _Unknown()


class Source:
    """The items of an iterable in turn. `length` is how many there are, None if that is not known.
    `exact` is false where items that are left out can't be passed over."""

    exact = True

    def __init__(self, length: int | None) -> None:
        self.length = length

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        raise NotImplementedError

    def skip(self, count: int) -> None:
        """Leave out the next `count` items."""
        raise NotImplementedError

    def at(self, index: int) -> Any:
        """The item of round `index`, where that is known beforehand, else UNKNOWN."""
        return UNKNOWN


class Plain(Source):
    """An iterator that costs next to nothing to draw from."""

    def __init__(self, iterable: Any) -> None:
        super().__init__(_length(iterable))
        self.iterator = iter(iterable)
        self._items = iterable if isinstance(iterable, range | list | tuple) else ()

    def __next__(self) -> Any:
        return next(self.iterator)

    def skip(self, count: int) -> None:
        drop(self.iterator, count)

    def at(self, index: int) -> Any:
        return self._items[index] if index < len(self._items) else UNKNOWN


class Counting(Plain):
    """`itertools.count`. From Python 3.14 on only its text says where it stands."""

    def __init__(self, iterable: Any) -> None:
        super().__init__(iterable)
        numbers = repr(iterable).removeprefix("count(").removesuffix(")").split(",")
        self._first, self._step = [*map(ast.literal_eval, numbers), 1][:2]

    def at(self, index: int) -> Any:
        return self._first + index * self._step


class Unknown(Plain):
    """An iterator that may do anything when it is drawn from. Its items are passed over as long as
    that is quick."""

    exact = False

    def skip(self, count: int) -> None:
        until = time.monotonic() + _QUICK
        for _ in itertools.takewhile(lambda _: time.monotonic() < until, range(count)):
            if next(self.iterator, UNKNOWN) is UNKNOWN:
                return


class Enumerated(Source):
    """`enumerate` over another source; `count` is the number of its next item."""

    def __init__(self, inner: Source, count: int) -> None:
        super().__init__(inner.length)
        self.inner = inner
        self.first = self.count = count
        self.exact = inner.exact

    def __next__(self) -> Any:
        item = next(self.inner)
        self.count += 1
        return self.count - 1, item

    def skip(self, count: int) -> None:
        self.inner.skip(count)
        self.count += count

    def at(self, index: int) -> Any:
        return self.first + index, self.inner.at(index)


class Zipped(Source):
    """`zip` over other sources."""

    def __init__(self, inner: list[Source]) -> None:
        known = [source.length for source in inner if source.length is not None]
        super().__init__(min(known) if known else None)
        self.inner = inner
        self.exact = all(source.exact for source in inner)

    def __next__(self) -> Any:
        items = [next(source) for source in self.inner]
        if not items:
            raise StopIteration
        return tuple(items)

    def skip(self, count: int) -> None:
        for source in self.inner:
            source.skip(count)

    def at(self, index: int) -> Any:
        return tuple(source.at(index) for source in self.inner)


class Wrapped(Source):
    """An iterable that draws from a source of its own, such as a progress bar."""

    def __init__(self, outer: Any, inner: Source) -> None:
        super().__init__(inner.length)
        self.inner = inner
        self.exact = inner.exact
        self.outer = iter(outer)

    def __next__(self) -> Any:
        return next(self.outer)

    def skip(self, count: int) -> None:
        self.inner.skip(count)

    def at(self, index: int) -> Any:
        return self.inner.at(index)


class Loaded(Source):
    """A pass over a DataLoader. `timed` is entered while a batch is being waited for."""

    def __init__(self, iterator: Any, length: int | None, timed: Callable[[Any], Any]) -> None:
        super().__init__(length)
        self.iterator = iterator
        self.exact = not is_iterable_style(iterator)
        self._timed = timed

    @property
    def workers(self) -> int:
        return int(self.iterator._num_workers)

    def __next__(self) -> Any:
        return self._timed(self.iterator)

    def skip(self, count: int) -> None:
        leave_out(self.iterator, count)


def source_of(iterable: Any, timed: Callable[[Any], Any]) -> Source:
    """The source of an iterable that has not been drawn from yet. `timed` draws a batch from the
    iterator of a DataLoader."""
    kind = type(iterable)
    if kind in _CHEAP or kind in _CHEAP_ITERATORS:
        return Plain(iterable)
    if kind is itertools.count:
        return Counting(iterable)
    if kind is enumerate:
        iterator, count = iterable.__reduce__()[1]
        return Enumerated(source_of(iterator, timed), count)
    if kind is zip:
        return Zipped([source_of(part, timed) for part in _parts(iterable)])
    loaders: Any = sys.modules.get(_LOADERS)
    if loaders is not None and isinstance(iterable, loaders.DataLoader):
        length = _length(iterable)
        return _loaded(iter(iterable), length, timed)
    if loaders is not None and isinstance(iterable, loaders._BaseDataLoaderIter | Ahead):
        return _loaded(iterable, _length(iterable), timed)
    bar = _bar(iterable)
    if bar is not None:
        inner = bar.iterable = source_of(bar.iterable, timed)
        return Wrapped(iterable, inner)
    return Unknown(iterable)


def drained(source: Source) -> tuple[int, Any] | None:
    """How many items are left in a source, and the last one (UNKNOWN if there is none); None if it
    would take too long to tell."""
    until = time.monotonic() + _QUICK
    count, last = 0, UNKNOWN
    for item in source:
        count, last = count + 1, item
        if time.monotonic() > until:
            return None
    return count, last


def loaders_in(source: Source) -> Iterator[Loaded]:
    """The passes over DataLoaders that a source draws from."""
    if isinstance(source, Loaded):
        yield source
    elif isinstance(source, Enumerated | Wrapped):
        yield from loaders_in(source.inner)
    elif isinstance(source, Zipped):
        for inner in source.inner:
            yield from loaders_in(inner)


def _loaded(iterator: Any, length: int | None, timed: Callable[[Any], Any]) -> Source:
    return Loaded(iterator, length, timed) if is_pass(iterator) else Unknown(iterator)


def _bar(iterable: Any) -> Any:
    """tqdm's bar, if the iterable is one, or the iterator of one that has not begun."""
    frame = getattr(iterable, "gi_frame", None)
    if frame is not None and inspect.getgeneratorstate(iterable) == inspect.GEN_CREATED:
        iterable = frame.f_locals.get("self")
    return iterable if _is_bar(iterable) else None


def _is_bar(value: Any) -> bool:
    bases = (base.__module__.partition(".")[0] for base in type(value).__mro__)
    return "tqdm" in bases and getattr(value, "iterable", None) is not None


def _parts(zipped: Any) -> Any:
    return zipped.__reduce__()[1]


def _length(iterable: Any) -> int | None:
    try:
        return len(iterable)
    except TypeError:
        hint = getattr(iterable, "__length_hint__", None)
        return hint() if hint is not None and type(iterable) in _CHEAP_ITERATORS else None
