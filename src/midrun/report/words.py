"""Numbers and times for people."""

from __future__ import annotations

import os
import time

from midrun.run.ending import duration

__all__ = ["count", "duration", "place", "size", "when"]


def count(number: int, noun: str) -> str:
    """A number of things: `1 run`, `3 runs`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def size(number: int) -> str:
    """Bytes for people: `812 B`, `7.4 KiB`, `1.3 GiB`."""
    amount, unit = float(number), "B"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if amount < 999.95:
            break
        amount, unit = amount / 1024, larger
    return f"{number} B" if unit == "B" else f"{amount:.1f} {unit}"


def when(moment: float, now: float | None = None) -> str:
    """A unix time for people: `today 09:25:02`, else `2026-11-22 09:25`; in local time."""
    local = time.localtime(moment)
    if local[:3] == time.localtime(now)[:3]:
        return time.strftime("today %H:%M:%S", local)
    return time.strftime("%Y-%m-%d %H:%M", local)


def place(file: str, line: int | None, function: str | None, root: str | None = None) -> str:
    """A position in a line: `train.py:42 in train`, the file relative to `root` if it is below."""
    if root is not None and file.startswith(os.path.join(root, "")):
        file = os.path.relpath(file, root)
    where = file if line is None else f"{file}:{line}"
    return f"{where} in {function}" if function and function != "<module>" else where
