"""Where saved code is in the sources as they are now."""

from __future__ import annotations

import types

from midrun.errors import MidrunError
from midrun.source.align import Gone, Moved, move, pair_functions
from midrun.source.book import Book
from midrun.source.module import Function, Source
from midrun.source.positions import Unknown
from midrun.state.frames import FrameState
from midrun.state.revive import Place


class Edits:
    """Maps the sources of a savepoint (`old`, by path) to those of `book`."""

    def __init__(self, old: dict[str, Source], book: Book) -> None:
        self.old = old
        self._book = book
        self._pairs: dict[str, dict[tuple[str, int], Function]] = {}
        self.remarks: list[str] = []

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
        old = self.old.get(state.file)
        if old is None:
            return self._library_place(state)
        function = self.function(state.file, state.function)
        if function is None:
            raise MidrunError(
                f"{state.name}() in {state.file} was running at the savepoint and is no longer "
                "there; put it back, or resume from an earlier savepoint (midrun ls)",
                slug="function-gone",
            )
        moved = self._moved(state, old.functions[state.function], function)
        for line, remark in moved.remarks:
            self.remarks.append(f"{state.file}:{line}: {remark}")
        source = self._book.own[state.file]
        return Place(source, function, moved.position, moved.new_headers)

    def _moved(self, state: FrameState, old: Function, new: Function) -> Moved:
        try:
            return move(old, state.position, new)
        except Gone as gone:
            raise MidrunError(
                f"{state.name}() in {state.file} can't go on: {gone}; put it back, or resume from "
                "an earlier savepoint (midrun ls)",
                slug="position-gone",
            ) from None

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
