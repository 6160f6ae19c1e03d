"""Places in sources as users write them: `FILE:LINE` and `FILE:LINE#N`."""

from __future__ import annotations

import os
from dataclasses import dataclass

from midrun.errors import MidrunError
from midrun.source.module import Source
from midrun.source.positions import position_at_line


@dataclass
class Wanted:
    """Save at the `count`-th time that `line` of `file` is reached. `passes` counts; `text` is what
    the user wrote; `block` is the number of the first statement of the line, -1 until it is
    reached."""

    file: str
    line: int
    count: int
    text: str
    passes: int = 0
    block: int = -1


def parse(text: str) -> Wanted:
    """Raises MidrunError (slug "bad-position") on anything that is no place."""
    place, _, times = text.partition("#")
    file, _, line = place.rpartition(":")
    if not file or not line.isdigit() or (times and not times.isdigit()) or times == "0":
        raise MidrunError(
            f"--at {text}: this is no place; write FILE:LINE or FILE:LINE#N, as in train.py:42#3",
            slug="bad-position",
        )
    if not os.path.isfile(file):
        raise MidrunError(f"--at {text}: there is no file {file}", slug="bad-position")
    return Wanted(os.path.realpath(file), int(line), int(times or 1), text)


def settle(wanted: Wanted, source: Source) -> str | None:
    """Move a place whose line has no statement on to the next one that has; the remark to make."""
    lines = [p.line for f in source.functions.values() if (p := position_at_line(f, wanted.line))]
    if not lines:
        raise MidrunError(
            f"--at {wanted.text}: no statement begins at or after line {wanted.line}",
            slug="bad-position",
        )
    if min(lines) == wanted.line:
        return None
    remark = f"no statement begins at {wanted.text}; line {min(lines)} is the next one"
    wanted.line = min(lines)
    return remark
