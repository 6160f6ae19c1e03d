"""log: values by hindsight, as plain columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from midrun.past.hindsight import Readings


def columns(found: Readings) -> Iterator[str]:
    """The lines of a table: the pass, and each value under its expression."""
    rows = [["pass", *found.expressions]]
    rows += [[str(number), *map(_text, values)] for number, values in found.rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
        yield "  ".join(cells).rstrip()


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value["error"]) if isinstance(value, dict) else str(value)
