"""Positions: where in the tree of its function a frame stands.

A position is a path through the tree, so it means the same in every form of the code and can be
carried over into edited source (see `align`). There are four kinds:

- before: the statement at the path is the next to run;
- call: a call inside the statement is in progress;
- next: the `for` loop at the path is fetching its next item;
- yield: a generator stands at the `yield` or `yield from` inside the statement.
"""

from __future__ import annotations

import ast
import types
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from midrun.source.depth import next_opname, opname_at
from midrun.source.module import Function

Step = tuple[str, int]
Path = tuple[Step, ...]
Kind = Literal["before", "call", "next", "yield"]
_OTHER_SCOPES = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.GeneratorExp,
)


@dataclass(frozen=True)
class Position:
    """`path` leads from the function's body to the statement, `within` from there to the
    expression; `line` is where it was in the source, for people."""

    kind: Kind
    path: Path
    within: Path
    line: int


class Unknown(Exception):
    """A frame's position can't be told, or can't be continued from; the text says why, in words
    that complete "because ..."."""


def step_into(node: ast.AST, step: Step) -> ast.AST:
    """The child of `node` at `step`; the index of a field that is no list is -1."""
    field, index = step
    value = getattr(node, field)
    child = value if index < 0 else value[index]
    assert isinstance(child, ast.AST)
    return child


def node_at(root: ast.AST, path: Path) -> ast.AST:
    """The node at the end of `path`."""
    for step in path:
        root = step_into(root, step)
    return root


def children(node: ast.AST) -> Iterator[tuple[Step, ast.AST]]:
    """The children of `node`, each with the step that leads to it."""
    for field, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            yield (field, -1), value
        elif isinstance(value, list):
            for index, child in enumerate(value):
                if isinstance(child, ast.AST):
                    yield (field, index), child


class _Index:
    """The places of one function by what its instructions say of them."""

    def __init__(self, function: Function) -> None:
        self.statements: dict[tuple[int, int], Path] = {}
        self.calls: dict[tuple[int, int], Path] = {}
        self.loops: dict[tuple[int, int, int, int], Path] = {}
        self.yields: dict[tuple[int, int, int, int], Path] = {}
        self._add(function.root, ())
        self.only_yield: Path | None = None
        if isinstance(function.node, ast.GeneratorExp):
            # In 3.11 its instructions may have the place of the whole, or of an `if`.
            (self.only_yield,) = self.yields.values()
            if len(function.node.generators) == 1:
                self.loops.setdefault(_range(function.node), (("body", 0),))

    def _add(self, node: ast.AST, path: Path) -> None:
        if isinstance(node, ast.stmt):
            self.statements.setdefault((node.lineno, node.col_offset), path)
        if isinstance(node, ast.Call):
            # A method call that spans lines starts, for its instruction, at the name of the
            # method; only the end is always that of the node (update_start_location_to_match_attr
            # in CPython's compiler).
            self.calls[node.end_lineno or 0, node.end_col_offset or 0] = path
        if isinstance(node, ast.For):
            self.loops.setdefault(_range(node), path)  # 3.11 and 3.12: the whole statement
            self.loops.setdefault(_range(node.iter), path)  # 3.13: the iterable
        if isinstance(node, ast.Yield | ast.YieldFrom):
            self.yields[_range(node)] = path
        for step, child in children(node):
            if not isinstance(child, _OTHER_SCOPES) or isinstance(child, ast.stmt):
                if isinstance(child, _OTHER_SCOPES):
                    assert isinstance(child, ast.stmt)
                    place = (child.lineno, child.col_offset)
                    self.statements.setdefault(place, (*path, step))
                else:
                    self._add(child, (*path, step))


_indexes: weakref.WeakKeyDictionary[Function, _Index] = weakref.WeakKeyDictionary()


def _index(function: Function) -> _Index:
    index = _indexes.get(function)
    if index is None:
        index = _indexes[function] = _Index(function)
    return index


def _range(node: ast.expr | ast.stmt) -> tuple[int, int, int, int]:
    return (node.lineno, node.end_lineno or 0, node.col_offset, node.end_col_offset or 0)


def split(function: Function, path: Path) -> tuple[Path, Path]:
    """A path to an expression as the path to its innermost statement and the rest."""
    node: ast.AST = function.root
    last = 0
    for count, step in enumerate(path, 1):
        node = step_into(node, step)
        if isinstance(node, ast.stmt):
            last = count
    return path[:last], path[last:]


def position_of(function: Function, code: types.CodeType, offset: int) -> Position:
    """Where a frame of `code` stands whose last instruction is at `offset`.

    Raises Unknown.
    """
    name = opname_at(code, offset)
    if name == "RESUME" and offset >= 2 and opname_at(code, offset - 2) == "YIELD_VALUE":
        offset -= 2  # 3.13 leaves a suspended generator at the instruction after the yield
        name = "YIELD_VALUE"
    place = _place(code, offset)
    index = _index(function)
    line, end_line, column, end_column = place
    if name.startswith("CALL") or name == "PRECALL":
        if (line, column) == (end_line, end_column):
            return _before(index, line, column)
        path = index.calls.get((end_line, end_column))
        if path is None:
            raise Unknown(f"line {line} calls its code from an operator, a decorator or a `with`")
        statement, within = split(function, path)
        node = node_at(function.root, path)
        if (line, column) < (node.lineno, node.col_offset):  # type: ignore[attr-defined]
            raise Unknown(f"the `with` at line {line} is being left")
        if _is_context(within) != (next_opname(code, offset) == "BEFORE_WITH"):
            raise Unknown(f"the `with` at line {line} is being left")
        return Position("call", statement, within, line)
    if name == "FOR_ITER":
        path = index.loops.get(place)
        if path is None:
            raise Unknown(f"line {line} is inside a comprehension")
        return Position("next", path, (), line)
    if name in ("YIELD_VALUE", "SEND"):
        path = index.yields.get(place, index.only_yield)
        if path is None:
            raise Unknown(f"line {line} yields from no `yield` of the source")
        statement, within = split(function, path)
        return Position("yield", statement, within, line)
    raise Unknown(f"line {line} is in the middle of {name}")


def position_at_line(function: Function, line: int) -> Position | None:
    """The first statement of `function` that starts at `line` or after it."""
    places = [place for place in _index(function).statements if place[0] >= line]
    return _before(_index(function), *min(places)) if places else None


def _before(index: _Index, line: int, column: int) -> Position:
    path = index.statements.get((line, column))
    if path is None:
        raise Unknown(f"no statement begins at line {line}, column {column}")
    return Position("before", path, (), line)


def _is_context(within: Path) -> bool:
    return len(within) == 2 and within[0][0] == "items" and within[1][0] == "context_expr"


def _place(code: types.CodeType, offset: int) -> tuple[int, int, int, int]:
    for index, place in enumerate(code.co_positions()):
        if index == offset // 2:
            line, end_line, column, end_column = place
            if line is None or end_line is None or column is None or end_column is None:
                break
            return line, end_line, column, end_column
    raise Unknown("its instruction has no place in the source")
