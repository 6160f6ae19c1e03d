"""Frames on the stack, around one that is under way."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator

Way = tuple[tuple[str, int], ...]


def is_running(frame: types.FrameType | None, current: types.FrameType | None) -> bool:
    """Whether a frame is that of the `current` one or around it."""
    while current is not None:
        if current is frame:
            return True
        current = current.f_back
    return False


def way_to(frame: types.FrameType, own: Callable[[str], bool]) -> Way:
    """The lines that are under way around a frame of a library, up to the user's."""
    return tuple(_around(frame, own))


def _around(frame: types.FrameType, own: Callable[[str], bool]) -> Iterator[tuple[str, int]]:
    outer = frame.f_back
    while outer is not None:
        yield outer.f_code.co_filename, outer.f_lineno
        if own(outer.f_code.co_filename):
            return
        outer = outer.f_back
