"""What had run of a source file at a savepoint, told from its blocks and the stack.

The hot form checks the head of every function, loop body and branch that calls something, and in
straight code every statement that calls something; a savepoint lists the checks that had been
passed. Where these say nothing, the position does: what stands before it had run, what stands after
it had not, but in a loop under way, where earlier rounds may have gone through it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from midrun.source.book import checks
from midrun.source.changes import is_docstring
from midrun.source.expressions import called_name, expressions
from midrun.source.likeness import BLOCKS
from midrun.source.module import Function, Source
from midrun.source.positions import Path, Position, node_at

Ran = Literal["no", "yes", "rounds"]  # "rounds": in earlier rounds of a loop, if there were any
_LOOPS = (ast.For, ast.While, ast.AsyncFor)


@dataclass(frozen=True)
class Frame:
    """A frame of the stack, as its savepoint's manifest describes it: where it stood in a function
    of the old source. Only the innermost one stands before a statement, not in it."""

    file: str
    function: Function
    position: Position
    innermost: bool


class History:
    """`seen` are the places of the blocks of `source` that had run; `frames` are those of the stack
    that were in it. `at_line` is true of a savepoint that was asked for by its line: its position
    is then a check, too."""

    def __init__(
        self,
        source: Source,
        seen: set[tuple[int, int]],
        frames: list[Frame],
        *,
        at_line: bool = False,
    ) -> None:
        self._checked = {*checks(source), *seen}
        if at_line:
            self._checked |= {
                _place(_statement(frame.function, frame.position.path))
                for frame in frames
                if frame.innermost
            }
        self._seen = seen
        self.frames = frames

    def frames_of(self, function: Function) -> list[Frame]:
        """The frames of `function` that were on the stack."""
        return [frame for frame in self.frames if frame.function is function]

    def has_run(self, function: Function) -> bool:
        """Whether a function had been called."""
        if function.name == "<module>" or self.frames_of(function):
            return True
        first = next((s for i, s in enumerate(function.body) if not is_docstring(s, i)), None)
        return first is not None and _place(first) in self._seen

    def statement(self, function: Function, path: Path, *, is_new: bool) -> Ran:
        """Whether what stands at `path` had run; if `is_new`, whether the place before it had been
        passed."""
        if not self.has_run(function):
            return "no"
        answers = {self._in_frame(f, path, is_new) for f in self.frames_of(function)} or {
            self._from_checks(function, path, is_new)
        }
        return next(answer for answer in ("yes", "rounds", "no") if answer in answers)

    def _from_checks(self, function: Function, path: Path, is_new: bool) -> Ran:
        check = self._check_above(function, path, is_new)
        return "no" if check is not None and check not in self._seen else "yes"

    def _in_frame(self, frame: Frame, path: Path, is_new: bool) -> Ran:
        function, at = frame.function, frame.position.path
        order = _order(path, at, is_new and not frame.innermost)
        if order < 0:
            return self._from_checks(function, path, is_new)
        if order == 0 and not frame.innermost:
            return "no"  # the statement under way: what is left of it is the new one
        if self._from_checks(function, path, is_new) == "no":
            return "no"
        if self._passed_later(function, path):
            return "yes"
        if frame.innermost and _place(_statement(function, at)) in self._checked - self._seen:
            return "no"
        common = _common(path, at)
        around = (node_at(function.root, at[:depth]) for depth in range(1, common + 1))
        return "rounds" if any(isinstance(node, _LOOPS) for node in around) else "no"

    def _check_above(self, function: Function, path: Path, is_new: bool) -> tuple[int, int] | None:
        """The check that was passed last on the way to `path`."""
        for depth in reversed(range(len(path))):
            name, index = path[depth]
            if name in ("handlers", "cases"):
                continue
            block = getattr(node_at(function.root, path[:depth]), name)
            last = depth == len(path) - 1
            before = block[:index] if last and is_new else block[: index + 1]
            for statement in reversed(before):
                if _place(statement) in self._checked:
                    return _place(statement)
        return None

    def _passed_later(self, function: Function, path: Path) -> bool:
        """Whether a check after `path`, in its block, was passed."""
        *above, (name, index) = path
        block = getattr(node_at(function.root, tuple(above)), name)
        return any(
            _place(inner) in self._seen for s in block[index + 1 :] for inner in _statements(s)
        )


def read_frames(stack: list[dict[str, object]], sources: dict[str, Source]) -> list[Frame]:
    """The frames of a manifest's stack that were in `sources`."""
    found: list[Frame] = []
    for index, entry in enumerate(stack):
        source = sources.get(str(entry["file"]))
        line = entry["line"]
        assert isinstance(line, int)
        if source is None:
            continue
        function = _function_at(source, str(entry["function"]), line)
        path = _path_at(function.body, "body", line) if function is not None else None
        if function is None or path is None:
            continue
        inner = str(stack[index + 1]["function"]) if index + 1 < len(stack) else None
        position = _position(function, path, line, inner)
        found.append(Frame(source.path, function, position, inner is None))
    return found


def _position(function: Function, path: Path, line: int, inner: str | None) -> Position:
    if inner is None:
        return Position("before", path, (), line)
    calls = [
        (within, called_name(node.func))
        for within, node in expressions(_statement(function, path))
        if isinstance(node, ast.Call)
    ]
    names = inner.replace(".__init__", "").split(".")
    named = [within for within, name in calls if name == names[-1]]
    if not named and len(calls) == 1:
        named = [calls[0][0]]
    # Without a call that is surely the one, what encloses it is all that can be compared.
    return Position("call", path, named[0], line) if named else Position("before", path, (), line)


def _function_at(source: Source, qualname: str, line: int) -> Function | None:
    functions = [f for f in source.functions.values() if f.qualname == qualname]
    holding = [f for f in functions if f.body and f.body[0].lineno <= line <= _end(f.body[-1])]
    return next(iter(holding or functions), None)


def _path_at(block: list[ast.stmt], name: str, line: int) -> Path | None:
    """The way to the innermost statement around a line."""
    for index, statement in enumerate(block):
        if statement.lineno <= line <= _end(statement):
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                return ((name, index),)
            return ((name, index), *(_path_inside(statement, line) or ()))
    return None


def _path_inside(statement: ast.AST, line: int) -> Path | None:
    for name in BLOCKS:
        parts = getattr(statement, name, [])
        if name in ("handlers", "cases"):
            for index, part in enumerate(parts):
                inner = _path_at(part.body, "body", line)
                if inner is not None:
                    return ((name, index), *inner)
        elif (found := _path_at(parts, name, line)) is not None:
            return found
    return None


def _order(path: Path, at: Path, is_new: bool) -> int:
    """-1 if `path` stands before the position, 0 if it is the statement at it or in it, else 1.
    `is_new` counts a place before the statement at the position as before."""
    for step, other in zip(path, at, strict=False):
        if step[0] != other[0]:
            return -1 if BLOCKS.index(step[0]) < BLOCKS.index(other[0]) else 1
        if step[1] != other[1]:
            return -1 if step[1] < other[1] else 1
    return -1 if is_new and len(path) <= len(at) else 0


def _common(path: Path, at: Path) -> int:
    """How many steps two paths share."""
    count = 0
    for step, other in zip(path, at, strict=False):
        if step != other:
            break
        count += 1
    return min(count, len(at) - 1)


def _statement(function: Function, path: Path) -> ast.stmt:
    node = node_at(function.root, path)
    assert isinstance(node, ast.stmt)
    return node


def _statements(statement: ast.stmt) -> Iterator[ast.stmt]:
    for node in ast.walk(statement):
        if isinstance(node, ast.stmt):
            yield node


def _place(statement: ast.stmt) -> tuple[int, int]:
    return statement.lineno, statement.col_offset


def _end(statement: ast.stmt) -> int:
    return statement.end_lineno or statement.lineno
