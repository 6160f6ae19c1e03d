"""Where saved code is in the sources as they are now."""

from __future__ import annotations

import ast
import copy
import dataclasses
import os
import types

from midrun.errors import MidrunError
from midrun.source.align import Gone, Moved, move
from midrun.source.book import Book
from midrun.source.cut import BLOCK_ROLES
from midrun.source.likeness import pair_functions
from midrun.source.module import Function, Source
from midrun.source.positions import Path, Unknown
from midrun.source.slots import layouts
from midrun.state.frames import FrameState
from midrun.state.revive import Place

_ALIKE_ENOUGH = 0.5  # of a function that is on the stack, so that it must have become some other
_INSTEAD = "put it back, or resume from an earlier savepoint (midrun ls)"


class Edits:
    """Maps the sources of a savepoint (`old`, by path) to those of `book`.

    `rebound` are, by file, the global names that an edit gave another value; `remarks` collects
    what the user should know of the frames that were placed.
    """

    def __init__(self, old: dict[str, Source], book: Book) -> None:
        self.old = old
        self.rebound: dict[str, set[str]] = {}
        self.remarks: list[str] = []
        self._book = book
        self._pairs: dict[str, dict[tuple[str, int], Function]] = {}

    def function(self, path: str, key: tuple[str, int]) -> Function | None:
        """The function as it is now; None if it is gone."""
        if path not in self._pairs:
            old, new = self.old[path], self._book.own.get(path)
            self._pairs[path] = pair_functions(old, new) if new is not None else {}
        return self._pairs[path].get(key)

    def code(self, path: str, key: tuple[str, int]) -> types.CodeType:
        """The code of a function as it is now, or as it was if it is gone."""
        function = self.function(path, key)
        if function is not None:
            code = self._book.code_of(path, function.key)
            if code is not None:
                return code
        old = self.old[path]
        code = old.code_of(old.functions[key])
        if code is None:
            raise MidrunError(f"the code of {key[0]} in {path} can't be found", slug="no-code")
        return code

    def place(self, state: FrameState) -> Place:
        """Where a frame goes on. Raises MidrunError if it can't."""
        if state.file not in self.old:
            return self._library_place(state)
        function, moved = self.moved(state)
        for line, remark in moved.remarks:
            text = f"{os.path.relpath(state.file)}:{line}: {remark}"
            if text not in self.remarks:
                self.remarks.append(text)
        source = self._book.own[state.file]
        if moved.not_entered:
            function = _without_entering(function, moved.not_entered)
            source = _with_function(source, function)
        self._check_blocks(state, function, moved)
        return Place(source, function, moved.position, moved.new_headers)

    def moved(self, state: FrameState) -> tuple[Function, Moved]:
        """The function and the position of a frame of the program's own, as they are now.

        Raises MidrunError if they are gone.
        """
        function = self.function(state.file, state.function) or self._renamed(state)
        if function is None:
            raise MidrunError(
                f"{state.name}() in {state.file} was running at the savepoint and is no longer "
                f"there; {_INSTEAD}",
                slug="function-gone",
            )
        old = self.old[state.file].functions[state.function]
        rebound = self.rebound.get(state.file, set())
        try:
            moved = move(old, state.position, function, renamed=self._names(), rebound=rebound)
        except Gone as gone:
            raise _gone(state, str(gone)) from None
        return function, moved

    def _renamed(self, state: FrameState) -> Function | None:
        """A function that is on the stack is taken for a new one that is less like it, too."""
        new = self._book.own.get(state.file)
        if new is None:
            return None
        pairs = pair_functions(self.old[state.file], new, alike=_ALIKE_ENOUGH)
        function = pairs.get(state.function)
        if function is not None:
            self._pairs[state.file][state.function] = function
        return function

    def _names(self) -> dict[str, str]:
        """The new names of functions that were renamed, by the old ones."""
        return {
            old.rpartition(".")[2]: function.name
            for pairs in self._pairs.values()
            for (old, _), function in pairs.items()
            if old.rpartition(".")[2] != function.name
        }

    def _check_blocks(self, state: FrameState, function: Function, moved: Moved) -> None:
        try:
            choices = layouts(function, moved.position)
        except Unknown as why:
            raise _gone(state, str(why)) from None
        roles = [[slot.role for slot in layout if slot.role in BLOCK_ROLES] for layout in choices]
        if state.blocks not in roles:
            line = moved.position.line
            raise _gone(state, f"other loops and blocks stand around line {line} now")

    def _library_place(self, state: FrameState) -> Place:
        try:
            source = self._book.library(state.file)
            return Place(source, source.functions[state.function], state.position)
        except (Unknown, KeyError):
            raise MidrunError(
                f"{state.file} was running at the savepoint and is not the same file now; install "
                "the version of the package that it was saved with",
                slug="library-changed",
            ) from None


def _gone(state: FrameState, why: str) -> MidrunError:
    name = "the script" if state.name == "<module>" else f"{state.name}()"
    text = f"{name} in {state.file} can't go on: {why}; {_INSTEAD}"
    return MidrunError(text, slug="position-gone")


def _without_entering(function: Function, blocks: frozenset[Path]) -> Function:
    """`function` with each `with W: B` at `blocks` as `if False: B; else: with W: B`.

    A continuing frame that stands in B goes on there, as in any branch of an `if`; every later
    round of a loop around it takes the other branch. Places stay as they are in the source.
    """
    body = function.body
    for path in sorted(blocks, key=len, reverse=True):
        body = _replaced(body, path)
    return dataclasses.replace(function, body=body)


def _replaced(block: list[ast.stmt], path: Path) -> list[ast.stmt]:
    (_, index), *rest = path
    old = block[index]
    new: ast.stmt
    if rest:
        new = _inside(old, tuple(rest))
    else:
        assert isinstance(old, ast.With)
        never = ast.copy_location(ast.Constant(False), old.items[0].context_expr)
        new = ast.copy_location(ast.If(never, old.body, [old]), old)
    return [*block[:index], new, *block[index + 1 :]]


def _inside(node: ast.stmt, path: Path) -> ast.stmt:
    new = copy.copy(node)
    (name, index), *rest = path
    if name in ("handlers", "cases"):
        parts = list(getattr(node, name))
        parts[index] = copy.copy(parts[index])
        parts[index].body = _replaced(parts[index].body, tuple(rest))
        setattr(new, name, parts)
    else:
        setattr(new, name, _replaced(getattr(node, name), path))
    return new


def _with_function(source: Source, function: Function) -> Source:
    """`source` with another body for one of its functions."""
    new = copy.copy(source)
    new.__dict__["functions"] = {**source.functions, function.key: function}
    return new
