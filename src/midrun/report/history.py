"""Losses and norms of gradients over steps: as a table, with small bar charts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from midrun.numerics.finding import Row
from midrun.numerics.gradients import Gradients
from midrun.numerics.trend import over_the_run

_LEVELS = "▁▂▃▄▅▆▇█"
_BARS = 12
_COMPONENTS = 8  # that fit on a line
_EARLIER, _LAST = 3, 3  # rows of the largest values


def gradients(found: Gradients) -> RenderableType:
    """What `midrun grads` shows."""
    parts: list[RenderableType] = [
        Text(f"from {found.savepoint}: the norms of the gradients", "bold"),
        table(found.rows, found.rows),
    ]
    parts += [Text(f"{mark}: {name}", "yellow") for name, mark in found.marks.items()]
    return Group(*parts)


def table(shown: Sequence[Row], rows: Sequence[Row]) -> RenderableType:
    """The steps `shown`, a row each, and below each column a small bar chart of all `rows`."""
    components = _names(row.gradients for row in rows)
    grid = Table(box=None, padding=(0, 2, 0, 0), show_edge=False)
    for heading in ("backward", "loss", *(f"|grad {name}|" for name in components)):
        grid.add_column(heading, justify="right", no_wrap=True)
    for row in shown:
        cells = [number(row.gradients.get(name)) for name in components]
        grid.add_row(str(row.backward), number(row.loss), *cells)
    charts = [bars([row.gradients.get(name) for row in rows]) for name in components]
    grid.add_row("", bars([row.loss for row in rows]), *charts)
    return grid


def largest(rows: Sequence[Row]) -> RenderableType:
    """The largest values of the components, in some steps of the whole run and the last ones, and
    below each column a small bar chart."""
    rows = [row for row in rows if row.largest]
    names = _names(row.largest for row in rows)
    grid = Table(box=None, padding=(0, 2, 0, 0), show_edge=False)
    for heading in ("backward", *(f"max |{name}|" for name in names)):
        grid.add_column(heading, justify="right", no_wrap=True)
    for row in [*over_the_run(rows[:-_LAST], _EARLIER), *rows[-_LAST:]]:
        grid.add_row(str(row.backward), *(number(row.largest.get(name)) for name in names))
    charted = over_the_run(rows, _BARS)
    grid.add_row("", *(bars([row.largest.get(name) for row in charted]) for name in names))
    return grid


def _names(rows: Iterable[Mapping[str, float]]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))[:_COMPONENTS]


def bars(values: Sequence[float | None]) -> str:
    """The last values as a bar chart, on a scale of logarithms; `x` is what is not finite."""
    values = values[-_BARS:]
    logs = [math.log(abs(v)) for v in values if v and math.isfinite(v)]
    low, high = (min(logs), max(logs)) if logs else (0.0, 0.0)
    chart = ""
    for value in values:
        if value is None:
            chart += " "
        elif not math.isfinite(value):
            chart += "x"
        else:
            share = (math.log(abs(value)) - low) / (high - low) if value and high > low else 0.0
            chart += _LEVELS[round(share * (len(_LEVELS) - 1))]
    return chart


def number(value: float | None) -> str:
    """A number in a table; nothing for one that is not known."""
    return "" if value is None else f"{value:.4g}"
