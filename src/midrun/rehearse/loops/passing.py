"""Tests in functions that a loop calls, as they were met in its first rounds.

`if self.step % self.save_every == 0` in a callback says nothing of the loop that leads to it. But a
number in it that grows by the same amount from round to round is known for the rounds to come.
"""

from __future__ import annotations

import ast
import functools
import types
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from midrun.rehearse.loops.called import Condition, Known
from midrun.rehearse.loops.expressions import function, is_chain, value_of
from midrun.rehearse.loops.names import Counted, Place
from midrun.source.hot import fresh

_TIMES = 8  # in a round, at most, that a test is made that belongs to this loop
_Key = tuple[str, Place]
INDEX = "_@index"  # the name of the round's number among what is known of it


@dataclass
class Passed:
    """A test, and its whole numbers in each round in which it was made. `namespace` are the
    variables where it stands, and `often` says that it was made more than once in a round. Of a
    test that is made several times in each round, there is one of these for each time: the `nth`.
    """

    file: str
    place: Place
    test: ast.expr
    namespace: dict[str, Any]
    values: dict[int, dict[str, int]] = field(default_factory=dict)
    often: bool = False
    nth: int = 0

    def note(self, index: int, frame: types.FrameType) -> None:
        """It is about to be made in a round."""
        self.often = self.often or index in self.values
        if not self.often:
            self.values[index] = _numbers(self._texts, frame)

    def condition(self, passing: Collection[str]) -> Condition | None:
        """Its outcome by the number of the round; None if nothing in it grows evenly, or something
        does that is in `passing`: what grows for a while, and is begun anew."""
        lines = self.lines()
        grows = {text.rpartition(".")[2] for text, (_, step) in lines.items() if step}
        if not grows or not grows.isdisjoint(passing):
            return None
        names = {text: f"_@p{number}" for number, text in enumerate(lines)}
        replaced = _Replacing(names).visit(fresh(self.test))
        made = function(replaced, sorted(names.values()), self.namespace)
        place = (*self.place, self.nth) if self.nth else self.place
        return Condition(self.file, place, "", _value(made, lines, names))

    def moves(self, counted: Counted) -> Iterator[tuple[Any, str, int]]:
        """What is counted up in each round: the object, the attribute, and by how much. What is
        begun anew some time (the place in a ring of items) is not moved on."""
        for text, (_, step) in self.lines().items():
            owner, _, name = text.rpartition(".")
            if owner and step and name in counted:
                yield value_of(owner, self.namespace, self.namespace), name, step

    @functools.cached_property
    def _texts(self) -> set[str]:
        return {ast.unparse(part) for part in ast.walk(self.test) if is_chain(part)}

    def lines(self) -> dict[str, tuple[int, int]]:
        """The numbers that grow evenly: what they are in round 0, and how much a round adds."""
        rounds = sorted(self.values)
        if self.often or len(rounds) < 2:
            return {}
        found = {}
        for text in set.intersection(*(set(self.values[index]) for index in rounds)):
            first, second, last = (self.values[n][text] for n in (rounds[0], rounds[1], rounds[-1]))
            step, rest = divmod(second - first, rounds[1] - rounds[0])
            if not rest and last - first == step * (rounds[-1] - rounds[0]):
                found[text] = first - step * rounds[0], step
        return found


class Tests:
    """The tests in functions that are met in the rounds of one execution of a loop; those that are
    made `too_often` belong to a loop in it."""

    def __init__(self) -> None:
        self._index = -1
        self._times: Counter[_Key] = Counter()
        self._passed: dict[tuple[_Key, int], Passed] = {}
        self.too_often: set[_Key] = set()

    def note(self, key: _Key, test: ast.expr, index: int, frame: types.FrameType) -> None:
        """A test is about to be made in a round."""
        if index != self._index:
            self._index = index
            self._times.clear()
        nth = self._times[key]
        self._times[key] += 1
        if nth >= _TIMES:
            self.too_often.add(key)
            return
        found = self._passed.get((key, nth))
        if found is None:
            found = self._passed[key, nth] = met(*key, test, frame, nth)
        found.note(index, frame)

    def found(self) -> list[Passed]:
        """Those that belong to this loop, not to one in it; each once that does not say the same as
        the one before."""
        found: list[Passed] = []
        for (key, nth), passed in self._passed.items():
            before = self._passed.get((key, nth - 1))
            same = before is not None and before.lines() == passed.lines()
            if key not in self.too_often and not same:
                found.append(passed)
        return found


class _Replacing(ast.NodeTransformer):
    """Puts names in the places of expressions, by their text."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        name = self._names.get(node.id)
        return ast.Name(name, ast.Load()) if name is not None else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        name = self._names.get(ast.unparse(node))
        return ast.Name(name, ast.Load()) if name is not None else self.generic_visit(node)


def met(file: str, place: Place, test: ast.expr, frame: types.FrameType, nth: int = 0) -> Passed:
    """A test that is met for the first time. Of the variables it keeps those in the test alone, as
    it would keep the graph of a loss alive."""
    variables = {**frame.f_globals, **frame.f_locals}
    names = {node.id for node in ast.walk(test) if isinstance(node, ast.Name)}
    held = {name: variables[name] for name in names if name in variables}
    return Passed(file, place, test, held, nth=nth)


def move(moves: list[tuple[Any, str, int]], rounds: int) -> None:
    """Move attributes on, as so many rounds do."""
    for owner, name, step in moves:
        try:
            setattr(owner, name, getattr(owner, name) + rounds * step)
        except (AttributeError, TypeError):
            continue  # it is computed from something else


def conditions_and_moves(
    passed: list[Passed], known: list[Condition], moved: set[str], counted: Counted
) -> tuple[list[Condition], list[tuple[Any, str, int]]]:
    """The conditions of tests that are not among those that are known, and what is to be moved on
    of the numbers in them that are `counted`, but for those that the loop has `moved` itself."""
    places = {(condition.file, condition.place) for condition in known}
    new = [one for one in passed if (one.file, one.place) not in places]
    # What the loop itself counts goes on as long as it does, wherever it was begun.
    passing = counted.begun_anew - moved
    conditions = [found for one in new if (found := one.condition(passing)) is not None]
    moves = {
        (id(owner), name): (owner, name, step)
        for one in passed
        for owner, name, step in one.moves(counted)
        if name not in moved
    }
    return conditions, list(moves.values())


def _numbers(texts: Iterable[str], frame: types.FrameType) -> dict[str, int]:
    values = {text: value_of(text, frame.f_globals, frame.f_locals) for text in texts}
    return {text: value for text, value in values.items() if type(value) is int}


def _value(
    made: Callable[[Known], Any], lines: dict[str, tuple[int, int]], names: dict[str, str]
) -> Callable[[Known], Any]:
    def value(known: Known) -> Any:
        index = known[INDEX]
        now = {names[text]: first + step * index for text, (first, step) in lines.items()}
        return made(now)

    return value
