"""Conditions, and those in functions that a loop calls with what is known of its rounds."""

from __future__ import annotations

import ast
import inspect
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from midrun.rehearse.loops.expressions import function, is_pure
from midrun.rehearse.loops.form import plain
from midrun.source.book import Book
from midrun.source.module import own_scope
from midrun.source.positions import Unknown

Known = Mapping[str, Any]


@dataclass(frozen=True)
class Condition:
    """`place` is that of the `if` (or of the `while` itself), and which time it is where it is made
    several times in a round. If `ends` is "true" or "false", the loop ends when it comes out so.
    `value` gives its outcome from what is known of a round; `changes` says that it is known only as
    long as something else stays as it is."""

    file: str
    place: tuple[int, ...]
    ends: str
    value: Callable[[Known], bool]
    changes: bool = False


def of_call(
    called: Any, values: dict[Any, Callable[[Known], Any]], book: Book, depth: int
) -> Iterator[Condition]:
    """The conditions in a function of the user's, of parameters whose values are known."""
    method = inspect.ismethod(called)
    plain_function = called.__func__ if method else called
    if not isinstance(plain_function, types.FunctionType):
        return
    try:
        source, found = book.find(plain_function.__code__)
    except Unknown:
        return
    if source.path not in book.own or not isinstance(found.node, ast.FunctionDef):
        return
    parameters = [a.arg for a in (*found.node.args.posonlyargs, *found.node.args.args)]
    offset = 1 if method else 0
    given = {
        (parameters[key + offset] if isinstance(key, int) else key): value
        for key, value in values.items()
        if not isinstance(key, int) or key + offset < len(parameters)
    }
    namespace = dict(plain_function.__globals__)
    if method and parameters:
        namespace[parameters[0]] = called.__self__
    bound = {
        n.id for n in own_scope(found.node) if isinstance(n, ast.Name) and type(n.ctx) is ast.Store
    }
    others = set(parameters[offset:]) - set(given)
    for node in own_scope(found.node):
        if not isinstance(node, ast.If):
            continue
        test = plain(node.test)
        free = {n.id for n in ast.walk(test) if isinstance(n, ast.Name)}
        used = free & set(given)
        if not used or free & (bound | others) or not is_pure(test):
            continue
        value = function(test, sorted(used), namespace)
        place = node.lineno, node.col_offset
        yield Condition(source.path, place, "", _composed(value, {u: given[u] for u in used}))


def _composed(
    value: Callable[[Known], Any], given: dict[str, Callable[[Known], Any]]
) -> Callable[[Known], Any]:
    return lambda known: value({name: argument(known) for name, argument in given.items()})
