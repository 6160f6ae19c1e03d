"""Where statements begin in bytecode: the instructions at which a frame stands before a statement.

A frame that is stopped by a line event is about to run an instruction. It stands before a statement
if that is the first instruction of one; but a line event also comes in the middle of a statement
that spans lines, and at what the compiler adds (jumps, the exits of a `with`, the return after a
`finally`). So only what surely begins a statement counts: the places of the instructions follow one
another in the order of the source, and a statement begins where they enter its head. The depth of
the stack, which must be that of a statement's beginning, is checked by the caller.
"""

from __future__ import annotations

import ast
import bisect
import dis
import functools
import itertools
import types
from dataclasses import dataclass
from typing import cast

from midrun.source.module import Function
from midrun.source.positions import Path, Position, children, node_at

_Point = tuple[int, int]  # line, column
_Place = tuple[int, int, int, int]  # from, to
_BEGINNINGS = ("LOAD_", "PUSH_NULL", "BUILD_")


def start_at(function: Function, code: types.CodeType, offset: int) -> Position | None:
    """The position before the statement that begins with the instruction at `offset` of `code`, or
    None. An inner frame must not be running: an instruction that is under way is no beginning."""
    path = _starts(function, code).get(offset)
    if path is None:
        return None
    statement = node_at(function.root, path)
    assert isinstance(statement, ast.stmt)
    return Position("before", path, (), statement.lineno)


@functools.lru_cache(maxsize=512)
def _starts(function: Function, code: types.CodeType) -> dict[int, Path]:
    if isinstance(function.node, ast.Lambda | ast.GeneratorExp):
        return {}
    heads = _Heads(function)
    found: dict[int, Path] = {}
    inside: _Head | None = None
    instructions = list(dis.get_instructions(code))
    for instruction, following in itertools.pairwise(instructions):
        place = _place(instruction)
        if place is None:
            continue
        head = heads.around(place)
        if head is not None and head is not inside and _begins(head, instruction, following):
            found[instruction.offset] = head.path
        inside = head
    return found


def _begins(head: _Head, instruction: dis.Instruction, following: dis.Instruction) -> bool:
    if not instruction.opname.startswith(_BEGINNINGS) or following.opname == "RETURN_VALUE":
        return False
    is_none = instruction.opname == "LOAD_CONST" and instruction.argval is None
    # The exit of a `with` is called with None, three times.
    return not (is_none and isinstance(head.statement, ast.With))


def _place(instruction: dis.Instruction) -> _Place | None:
    place = instruction.positions
    if place is None or None in place:
        return None
    return cast(_Place, (place[0], place[2], place[1], place[3]))


@dataclass(frozen=True, eq=False)
class _Head:
    """What a statement evaluates first, from `begin` to `end`: a simple one as a whole, of others
    the expression at their head."""

    statement: ast.stmt
    path: Path
    begin: _Point
    end: _Point


class _Heads:
    """The heads of the statements of a function. They do not overlap."""

    def __init__(self, function: Function) -> None:
        self._wholes: dict[_Place, _Head] = {}
        self._heads: list[_Head] = []
        self._add(function.root, ())
        self._heads.sort(key=lambda head: head.begin)
        self._begins = [head.begin for head in self._heads]

    def around(self, place: _Place) -> _Head | None:
        """The head that holds a place. A jump of a head has the place of the whole statement."""
        if place in self._wholes:
            return self._wholes[place]
        index = bisect.bisect_right(self._begins, place[:2]) - 1
        if index < 0:
            return None
        head = self._heads[index]
        return head if head.begin <= place[:2] and place[2:] <= head.end else None

    def _add(self, node: ast.AST, path: Path) -> None:
        for step, child in children(node):
            if isinstance(child, ast.stmt):
                self._add_statement(child, (*path, step))
            elif isinstance(child, ast.ExceptHandler | ast.match_case):
                self._add(child, (*path, step))

    def _add_statement(self, statement: ast.stmt, path: Path) -> None:
        last = _head_of(statement)
        if last is not None:
            decorators = getattr(statement, "decorator_list", [])
            begin = min((n.lineno, n.col_offset) for n in (statement, *decorators))
            head = _Head(statement, path, begin, _end(last))
            self._heads.append(head)
            self._wholes[(statement.lineno, statement.col_offset, *_end(statement))] = head
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            self._add(statement, path)


def _head_of(statement: ast.stmt) -> ast.expr | ast.stmt | None:
    """The part at which the head ends; None for a statement that can't be told from what it leaves
    on its way (the `finally` of a `return`), or that has no code of its own."""
    match statement:
        case ast.Return() | ast.Break() | ast.Continue() | ast.Try() | ast.TryStar():
            return None
        case ast.AsyncFor() | ast.AsyncWith():
            return None
        case ast.If() | ast.While():
            return statement.test
        case ast.For():
            return statement.iter
        case ast.With():
            return statement.items[0].context_expr
        case ast.Match():
            return statement.subject
    return statement


def _end(node: ast.expr | ast.stmt) -> _Point:
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return node.end_lineno, node.end_col_offset
