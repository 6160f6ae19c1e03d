"""Which line of the program an operation belongs to."""

from __future__ import annotations

import itertools
import linecache
import site
import sysconfig
import types
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_PACKAGE = str(Path(__file__).parent.parent)


@dataclass(frozen=True)
class Place:
    """A place in the program's own source. Columns count from 0, in UTF-8 bytes, as in `ast`;
    they are -1 where they are not known."""

    file: str
    line: int
    function: str
    column: int = -1
    end_line: int = -1
    end_column: int = -1

    @property
    def text(self) -> str:
        """The source line."""
        return linecache.getline(self.file, self.line).rstrip("\n")


class Places:
    """Finds the innermost frame of the program's own code. `is_own` tells its files."""

    def __init__(self, is_own: Callable[[str], bool]) -> None:
        self._is_own = is_own
        self._known: dict[str, bool] = {}

    def own(self, file: str) -> bool:
        """Whether a file is the program's own."""
        if file not in self._known:
            self._known[file] = self._is_own(file)
        return self._known[file]

    def innermost(
        self, frame: types.FrameType | None, until: Callable[[types.CodeType], bool] | None = None
    ) -> Place | None:
        """The innermost own frame from `frame` outwards, but none beyond code of which `until` is
        true."""
        while frame is not None:
            code = frame.f_code
            if until is not None and until(code):
                return None
            if self.own(code.co_filename):
                return place_of(frame)
            frame = frame.f_back
        return None

    def comes_through(
        self, folder: str, frame: types.FrameType | None, *, beyond: bool = False
    ) -> bool:
        """Whether the innermost own frame from `frame` outwards has led there through code of a
        library's `folder`, such as "torch/utils/data/"; or any frame `beyond` it."""
        while frame is not None and (beyond or not self.own(frame.f_code.co_filename)):
            if folder in frame.f_code.co_filename:
                return True
            frame = frame.f_back
        return False


def place_of(frame: types.FrameType) -> Place:
    """Where a frame is."""
    code = frame.f_code
    name = code.co_qualname
    position = next(itertools.islice(code.co_positions(), frame.f_lasti // 2, None), None)
    line, end_line, column, end_column = position or (None, None, None, None)
    if line is None or end_line is None or column is None or end_column is None:
        return Place(code.co_filename, frame.f_lineno, name)
    return Place(code.co_filename, line, name, column, end_line, end_column)


def is_users(file: str) -> bool:
    """Whether a file belongs to neither Python nor an installed package nor midrun."""
    return not file.startswith(("<", *_installed())) and "site-packages" not in file


def _installed() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    folders = {paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    return (*folders, *site.getsitepackages(), _PACKAGE)
