"""Where the statements of an old source are in an edited one, and which block a line is in."""

from __future__ import annotations

import ast
from collections.abc import Container
from dataclasses import dataclass

from midrun.source.likeness import BLOCKS, pair_functions, pair_statements
from midrun.source.module import Function, Source
from midrun.source.positions import Path, node_at, position_at_line

Place = tuple[int, int]  # line, column


def carried(old: Source, new: Source) -> dict[Place, Place]:
    """The places of statements of `old` that are still in `new`, and where."""
    found: dict[Place, Place] = {}
    pairs = pair_functions(old, new)
    for key, function in old.functions.items():
        other = pairs.get(key)
        if other is not None:
            _pair(function.body, other.body, found)
    return found


@dataclass(frozen=True)
class Spot:
    """A statement. `block` is the check at the head of the block that it stands in, None if there
    is none; `gate` is the check that is passed last on the way to it, in whatever block."""

    place: Place
    block: Place | None
    gate: Place | None


def spot_at(source: Source, line: int, checks: Container[Place]) -> Spot:
    """The first statement at `line` or after it.

    Raises LookupError if there is none.
    """
    function, path = _find(source, line)
    heads: list[Place | None] = []
    for depth in reversed(range(len(path))):
        name, index = path[depth]
        if name not in ("handlers", "cases"):
            block: list[ast.stmt] = getattr(node_at(function.root, path[:depth]), name)
            places = map(_place, reversed(block[: index + 1]))
            heads.append(next((place for place in places if place in checks), None))
    statement = node_at(function.root, path)
    assert isinstance(statement, ast.stmt)
    return Spot(_place(statement), heads[0], next(filter(None, heads), None))


def loop_around(source: Source, line: int, checks: Container[Place]) -> Place | None:
    """The check of the rounds of the innermost loop around `line`, in its function; None if there
    is no such loop, or no check in it."""
    function, path = _find(source, line)
    for depth in reversed(range(1, len(path))):
        node = node_at(function.root, path[:depth])
        if isinstance(node, ast.For | ast.AsyncFor | ast.While) and path[depth][0] == "body":
            head = _place(node.body[0])
            if head in checks:
                return head
    return None


def _find(source: Source, line: int) -> tuple[Function, Path]:
    found = [
        (position.line, function, position.path)
        for function in source.functions.values()
        if (position := position_at_line(function, line)) is not None
    ]
    if not found:
        raise LookupError(line)
    _, function, path = min(found, key=lambda item: item[0])
    return function, path


def _pair(old: list[ast.stmt], new: list[ast.stmt], found: dict[Place, Place]) -> None:
    for i, j in pair_statements(old, new).items():
        found[_place(old[i])] = _place(new[j])
        if isinstance(old[i], ast.FunctionDef | ast.AsyncFunctionDef):
            continue  # a function of its own
        for name in BLOCKS:
            parts, others = getattr(old[i], name, []), getattr(new[j], name, [])
            if name in ("handlers", "cases"):
                for part, other in zip(parts, others, strict=False):
                    _pair(part.body, other.body, found)
            else:
                _pair(parts, others, found)


def _place(statement: ast.stmt) -> Place:
    return statement.lineno, statement.col_offset
