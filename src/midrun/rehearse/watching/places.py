"""Lines of the user's code that are under way."""

from __future__ import annotations

import os
import sys
import types
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from midrun.state import cpython

_MIDRUN = str(Path(__file__).parent.parent.parent) + os.sep


@dataclass(frozen=True, order=True)
class Place:
    """A line of the user's code."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{os.path.basename(self.file)}:{self.line}"


@dataclass(frozen=True)
class Making:
    """Where something was made: the innermost line, and outwards from there the lines that were
    under way, each with the object whose constructor it is in, if it is in one."""

    place: Place
    around: tuple[tuple[Place, weakref.ref[Any] | None], ...]

    def seen_from(self, matches: Callable[[Any], bool]) -> Place:
        """The line in the constructor of the innermost object that matches. Where none does, the
        line that made the outermost of these objects."""
        for place, ref in self.around:
            constructed = ref() if ref is not None else None
            if constructed is not None and matches(constructed):
                return place
        owned = [n for n, (_, ref) in enumerate(self.around) if ref is not None]
        outer = self.around[owned[-1] + 1 :] if owned else ()
        return outer[0][0] if outer else self.place


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

    def here(self, *, but_for: Callable[[Place], bool] = lambda place: False) -> Place | None:
        """The innermost line of the user's code that is under way, of those that are not passed
        over."""
        frame: types.FrameType | None = sys._getframe(1)
        while frame is not None:
            if self.own(frame.f_code.co_filename):
                place = Place(frame.f_code.co_filename, frame.f_lineno)
                if not but_for(place):
                    return place
            frame = frame.f_back
        return None

    def making(self) -> Making | None:
        """What is being made by a line of the user's code; None where there is a library other than
        torch between that line and this call: it is of the library's making then."""
        frame: types.FrameType | None = sys._getframe(1)
        while frame is not None:
            file = frame.f_code.co_filename
            if self.own(file):
                return Making(Place(file, frame.f_lineno), tuple(self._around(frame)))
            if f"{os.sep}torch{os.sep}" not in file and not file.startswith((_MIDRUN, "<")):
                return None
            frame = frame.f_back
        return None

    def _around(self, frame: types.FrameType) -> Iterator[tuple[Place, weakref.ref[Any] | None]]:
        outer: types.FrameType | None = frame
        while outer is not None:
            if self.own(outer.f_code.co_filename):
                yield Place(outer.f_code.co_filename, outer.f_lineno), _constructed(outer)
            outer = outer.f_back

    def is_of_the_program(self, kind: type) -> bool:
        """Whether a class is defined in the user's code."""
        file = self.file_of(kind)
        return bool(file) and self.own(file)

    def file_of(self, kind: type) -> str:
        """The file that defines a class; empty for one that comes from no file."""
        return getattr(sys.modules.get(kind.__module__), "__file__", None) or ""


def _constructed(frame: types.FrameType) -> weakref.ref[Any] | None:
    """The object whose `__init__` runs in a frame."""
    code = frame.f_code
    if code.co_name != "__init__" or not code.co_argcount:
        return None
    first = code.co_varnames[0]
    found = cpython.some_variables(frame, {first}).get(first)
    try:
        return weakref.ref(found) if found is not None else None
    except TypeError:
        return None
