"""Where a loop ends that does not say so in its own variables.

The loops of frameworks ask other objects: `while not self.done`. Such a test is asked beforehand:
with what libraries count as it will be in a round to come (see `counting`), and set back at once.
A loop that is left when its data is used up has as many rounds as its data allows.
"""

from __future__ import annotations

import ast
import logging
import time
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from midrun.rehearse.loops import loaders
from midrun.rehearse.loops.conditions import Facts
from midrun.rehearse.loops.counting import Counters
from midrun.rehearse.loops.execution import Execution
from midrun.rehearse.loops.growth import Growth, KindOf, Values
from midrun.rehearse.loops.plan import further_on
from midrun.source.module import own_scope

_SECONDS = 0.5  # in which rounds are asked one by one
_FAR = 1 << 40  # rounds


def end_of(
    execution: Execution, facts: Facts, frame: types.FrameType, counters: Counters
) -> int | None:
    """How many rounds a loop of a library has; None if that can't be told. Its next round has not
    begun."""
    most = by_data(execution)
    asked = _asked(execution, facts, frame, counters, most if most is not None else _FAR)
    return asked if asked is not None else most


def by_data(execution: Execution) -> int | None:
    """How many rounds the data allows of a loop that is left when there is no more."""
    if not _is_left_at_the_end(execution.stats.site.body):
        return None
    moved: list[tuple[Any, int]] = [(ref(), count) for ref, count in execution.moved.items()]
    left = [
        (len(found) - found._num_yielded) // count
        for found, count in moved
        if loaders.is_pass(found) and not loaders.is_iterable_style(found)
    ]
    return execution.index + 1 + min(left) if left else None


def _is_left_at_the_end(body: tuple[ast.stmt, ...]) -> bool:
    handlers = (
        part
        for statement in body
        for part in (statement, *own_scope(statement))
        if isinstance(part, ast.ExceptHandler)
    )
    return any(
        isinstance(handler.type, ast.Name)
        and handler.type.id == "StopIteration"
        and any(isinstance(statement, ast.Break) for statement in handler.body)
        for handler in handlers
    )


def _asked(
    execution: Execution, facts: Facts, frame: types.FrameType, counters: Counters, most: int
) -> int | None:
    """The first round that the test of a `while` does not let begin, up to `most`."""
    node, begin = execution.stats.site.node, execution.index + 1
    if not isinstance(node, ast.While) or isinstance(node.test, ast.Constant):
        return None
    code = compile(ast.unparse(node.test), "<test>", "eval")
    execution.growth.head(begin, counters.values(), counters.first)
    execution.growth.settle(facts.kind_of)
    ahead = _Ahead(execution.growth, facts.kind_of, begin, counters.values())

    def over(index: int) -> bool:
        counters.set(ahead.values(index))
        return not eval(code, frame.f_globals, dict(frame.f_locals))

    with _set_back(counters):
        try:
            return _first(over, begin + 1, most)
        except Exception:
            return None


class _Ahead:
    """What counters will be at the heads of rounds to come."""

    def __init__(self, growth: Growth, kind: KindOf, begin: int, now: Values) -> None:
        self._growth = growth
        self._kind = kind
        self._begin = begin
        self._now = now

    def values(self, index: int) -> dict[Any, int]:
        """At the head of a round."""
        grown = self._growth.grown(self._begin, index, self._kind)
        found = {key: value + grown[key] for key, value in self._now.items() if key in grown}
        if index == self._begin + 1:  # one by one
            self._begin, self._now = index, found
        return found


def _first(over: Callable[[int], bool], begin: int, most: int) -> int | None:
    until, index = time.monotonic() + _SECONDS, begin
    while index <= most and time.monotonic() < until:
        if over(index):
            return index
        index += 1
    return further_on(over, index, 2 * index, most)


@contextmanager
def _set_back(counters: Counters) -> Iterator[None]:
    """Whatever is done, the counters are as they were, and nothing is logged."""
    now, level = counters.values(), logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(level)
        counters.set(now)
