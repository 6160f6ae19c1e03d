"""The objects that continuing code works with at run time.

Continuing code holds one constant that is no literal: its `Box`, with everything of the saved
frame that it has to put back. Values leave the box when they are used, so that nothing lives longer
than it would have in the uninterrupted run.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Any


class Box:
    """What one continuing frame takes back: values by key, each taken once."""

    __slots__ = ("_target", "state", "values")
    everything = BaseException  # what a handler catches that is entered again

    def __init__(self, values: dict[str, Any], state: object = None) -> None:
        self.values = values
        self.state = state  # what the frame was made from, for a generator that has not run yet
        self._target: object = None  # where the loops over `Peeled` put their item

    def take(self, key: str) -> Any:
        return self.values.pop(key)

    def first(self, key: str) -> bool:
        """True the first time that it is asked for `key`."""
        return self.values.pop(key, False) is not False

    def peel(self, key: str, *header: Any) -> Peeled:
        """The loop that hosts the rest of the iteration under way; see `Peeled`."""
        return Peeled(self, key, self.loop(key, *header) if key in self.values else None)

    def loop(self, key: str, *header: Any) -> Any:
        """The iterator under `key`, or, where the edited header gives another range, an iterator
        over that range which goes on with the number that was to come next."""
        iterator = self.take(key)
        return _moved(iterator, header[0]) if header else iterator

    def reenter(self, key: str) -> Reentered:
        return Reentered(self.take(key))

    def delegate(self, key: str) -> Reentry:
        return Reentry(self.take(key))

    @property
    def target(self) -> object:
        return self._target

    @target.setter
    def target(self, value: object) -> None:
        pass


class Peeled:
    """Runs the body of a `for` once: the rest of the iteration that was under way.

    The loop that continues `for T in I: B` is `for _ in Peeled: <rest of B>; else: for T in I: B`.
    `break` and `continue` in the rest of B thereby do what they did in the loop itself. While the
    rest runs, the iterator is held here, on the value stack, where it lay in the original; a
    savepoint that is taken then finds it here.
    """

    __slots__ = ("_box", "_done", "_key", "iterator")

    def __init__(self, box: Box, key: str, iterator: Any) -> None:
        self._box, self._key, self.iterator = box, key, iterator
        self._done = False

    def __iter__(self) -> Peeled:
        return self

    def __next__(self) -> None:
        if self._done:
            self._box.values[self._key] = self.iterator
            self.iterator = None
            raise StopIteration
        self._done = True


class Reentered:
    """A `with` block that is entered again: without `__enter__`, with the old `__exit__`."""

    __slots__ = ("exit",)

    def __init__(self, exit: Any) -> None:
        self.exit = exit

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> Any:
        return self.exit(kind, value, tb)


class Reentry:
    """The iterator of a `yield from` that is entered again: the first step only brings the
    generator back to where it stood, all further ones go to the iterator."""

    __slots__ = ("_entered", "iterator")

    def __init__(self, iterator: Any) -> None:
        self.iterator = iterator
        self._entered = False

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        if not self._entered:
            self._entered = True
            return None
        return next(self.iterator)

    def __getattr__(self, name: str) -> Any:
        # `yield from` looks for send, throw and close, and does without where there is none.
        if name in ("send", "throw", "close"):
            return getattr(self.iterator, name)
        raise AttributeError(name)


def _moved(iterator: Any, header: Any) -> Any:
    if not isinstance(header, range) or type(iterator) is not type(iter(range(0))):
        return iterator
    reduced: Any = iterator.__reduce__()
    _, (old,), *state = reduced
    index = (state[0] or 0) if state else 0  # 3.12 and later give None and move `old` instead
    upcoming = old.start + index * old.step
    if header.step > 0:
        index = max(0, -(-(upcoming - header.start) // header.step))
    else:
        index = max(0, -(-(header.start - upcoming) // -header.step))
    moved = iter(header)
    moved.__setstate__(min(index, len(header)))  # type: ignore[attr-defined]
    return moved
