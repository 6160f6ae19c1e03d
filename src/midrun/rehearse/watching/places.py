"""Lines of the user's code that are under way."""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_MIDRUN = str(Path(__file__).parent.parent.parent) + os.sep


@dataclass(frozen=True, order=True)
class Place:
    """A line of the user's code."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{os.path.basename(self.file)}:{self.line}"


class Places:
    """Finds them on the stack. `own` says whether a file is the user's."""

    def __init__(self, own: Callable[[str], bool]) -> None:
        self._own = own
        self._known: dict[str, bool] = {}

    def own(self, file: str) -> bool:
        """Whether a file is the user's."""
        if file not in self._known:
            self._known[file] = self._own(file)
        return self._known[file]

    def here(self) -> Place | None:
        """The innermost line of the user's code that is under way."""
        frame: types.FrameType | None = sys._getframe(1)
        while frame is not None:
            if self.own(frame.f_code.co_filename):
                return Place(frame.f_code.co_filename, frame.f_lineno)
            frame = frame.f_back
        return None

    def maker(self) -> Place | None:
        """The same, but None where there is a library other than torch between that line and this
        call: what is made here is of the library's making then."""
        frame: types.FrameType | None = sys._getframe(1)
        while frame is not None:
            file = frame.f_code.co_filename
            if self.own(file):
                return Place(file, frame.f_lineno)
            if f"{os.sep}torch{os.sep}" not in file and not file.startswith((_MIDRUN, "<")):
                return None
            frame = frame.f_back
        return None

    def is_of_the_program(self, kind: type) -> bool:
        """Whether a class is defined in the user's code."""
        file = getattr(sys.modules.get(kind.__module__), "__file__", None)
        return file is not None and self.own(file)
