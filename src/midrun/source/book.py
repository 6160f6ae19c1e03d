"""The sources of a program by the file names in its code objects."""

from __future__ import annotations

import ast
import time
import types
from collections.abc import Callable, Iterable

from midrun.source.hot import HotForm, fresh
from midrun.source.module import Function, Source, walk_code
from midrun.source.positions import Unknown

Place = tuple[str, int, int]  # file, line, column


class Blocks:
    """The numbers of the checked blocks: one for each place in the sources."""

    def __init__(self) -> None:
        self._numbers: dict[Place, int] = {}
        self.places: list[Place] = []
        self.on_new: Callable[[int, Place], None] = lambda number, place: None

    def number(self, path: str, statement: ast.stmt) -> int:
        """The number of the block that begins with `statement`."""
        return self._number_of((path, statement.lineno, statement.col_offset))

    def visit(self, path: str, line: int) -> int:
        """The number of the second check of a line, which has no column."""
        return self._number_of((path, line, -1))

    def _number_of(self, place: Place) -> int:
        if place not in self._numbers:
            self._numbers[place] = len(self.places)
            self.places.append(place)
            self.on_new(len(self.places) - 1, place)
        return self._numbers[place]

    def of(self, path: str) -> set[tuple[int, int]]:
        """The lines and columns of the blocks of a file."""
        return {(line, column) for file, line, column in self.places if file == path}

    def known(self, path: str, line: int, column: int) -> int:
        """The number of the block at a place; -1 if there is none."""
        return self._numbers.get((path, line, column), -1)


def checks(source: Source) -> list[tuple[int, int]]:
    """The lines and columns of the checks that a file gets, in order."""
    book = Book()
    book.add(source)
    return sorted(book.blocks.of(source.path))


class Book:
    """Every source file that the program's code objects come from.

    The program's own files are kept as they were when they were compiled, whatever happens to them
    on disk; other files (of libraries) are read when they are asked for. `wanted` gives the lines
    of a file on which every statement is to be checked, twice if `visits`; `rounds` has each round
    of a loop checked. `prepare` may change the tree of a source before it is compiled; `took` is
    told the seconds that both take.
    """

    def __init__(
        self,
        wanted: Callable[[str], Iterable[int]] = lambda path: (),
        *,
        rounds: bool = False,
        visits: bool = False,
    ) -> None:
        self.blocks = Blocks()
        self.own: dict[str, Source] = {}
        self._wanted = wanted
        self._rounds = rounds
        self._visits = visits
        self.prepare: Callable[[Source], None] = lambda source: None
        self.took: Callable[[float], None] = lambda seconds: None
        self._codes: dict[str, dict[tuple[str, int], types.CodeType]] = {}
        self._cold: dict[str, Source | None] = {}
        self._checked: dict[types.CodeType, Function | None] = {}

    def add(self, source: Source) -> types.CodeType:
        """Take `source` as one of the program's own and give its hot form.

        Raises SyntaxError where Python itself would.
        """
        began = time.perf_counter()
        source.module_code  # noqa: B018 - its SyntaxError is the one that the user would see
        self.prepare(source)
        self.own[source.path] = source
        tree = self.heat(source.path).module(fresh(source.tree))
        code = compile(tree, source.path, "exec", dont_inherit=True)
        self._codes[source.path] = {}
        for nested in walk_code(code):
            function = source.function_of(nested)
            if function is not None:
                self._codes[source.path].setdefault(function.key, nested)
        self.took(time.perf_counter() - began)
        return code

    def heat(self, path: str, *, again: bool = False) -> HotForm:
        """What puts checks into code of the file; `again` into code that is cut from it, where the
        whole file has them."""
        return HotForm(
            lambda statement: self.blocks.number(path, statement),
            self._wanted(path),
            rounds=self._rounds,
            at=self.blocks.of(path) if again else None,
            visits=(lambda line: self.blocks.visit(path, line)) if self._visits else None,
        )

    def code_of(self, path: str, key: tuple[str, int]) -> types.CodeType | None:
        """The hot code of a function of the program's own."""
        return self._codes.get(path, {}).get(key)

    def find(self, code: types.CodeType) -> tuple[Source, Function]:
        """The source of a code object. Raises Unknown if there is none that surely is it."""
        source = self.own.get(code.co_filename)
        if source is not None:
            function = source.function_of(code)
            if function is None:
                raise Unknown(f"{code.co_name} at line {code.co_firstlineno} is a comprehension")
            return source, function
        return self._find_cold(code)

    def library(self, path: str) -> Source:
        """The source of a file that is not the program's own. Raises Unknown if there is none."""
        if path not in self._cold:
            try:
                self._cold[path] = Source.read(path)
            except (OSError, SyntaxError, ValueError):
                self._cold[path] = None
        source = self._cold[path]
        if source is None:
            raise Unknown(f"{path} is no Python source")
        return source

    def _find_cold(self, code: types.CodeType) -> tuple[Source, Function]:
        path = code.co_filename
        source = self.library(path)
        if code not in self._checked:
            function = source.function_of(code)
            compiled = source.code_of(function) if function is not None else None
            # The file may have changed since it was imported: only the same bytecode is proof.
            same = compiled is not None and compiled.co_code == code.co_code
            self._checked[code] = function if same else None
        function = self._checked[code]
        if function is None:
            raise Unknown(f"{code.co_qualname} is not the code that stands in {path}")
        return source, function

    def note_continuing(self, code: types.CodeType, source: Source, function: Function) -> None:
        """Let `find` know a continuing form of a function of a library."""
        if source.path not in self.own:
            self._cold[source.path] = source
            self._checked[code] = function
