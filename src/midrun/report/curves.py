"""The log of a run in the terminal: a table for each loop, with small bar charts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from midrun.report.branches import SourceEdit
from midrun.report.history import bars, number
from midrun.report.logged import Failure, Line, LoopLog, Round, RunLog, Value
from midrun.report.terminal import edited, heading, indented
from midrun.report.words import count, duration

_EARLIER, _LAST = 10, 5  # rows of a table
_BARS = 12
_COLUMN, _BESIDE = 14, 22  # columns of the terminal: of a value, and of what stands beside all
_NOT_FINITE = ("nan", "inf", "-inf")
_DIFF = {"+": "green", "-": "red", "@": "cyan"}
_T = TypeVar("_T")


def log(shown: RunLog) -> RenderableType:
    """What `midrun show RUN` shows."""
    parts: list[RenderableType] = [heading(shown.run)]
    parts += [Text(shown.run.command, "cyan")] if shown.run.command else []
    for edit in shown.run.edits:
        parts += [Text(), Text(edited(edit), "bold"), _diff(edit)]
    for loop in shown.loops:
        parts += [Text(), Text(_title(loop), "bold"), indented(_Rounds(loop))]
    if not shown.loops:
        parts += [Text(), Text("no loop has logged a value")]
    parts += _printed(shown.printed) if shown.printed else []
    parts += _failure(shown.failure) if shown.failure is not None else []
    return Group(*parts)


def _title(loop: LoopLog) -> str:
    last = loop.rounds[-1].number
    rounds = "" if last is None else f": {count(last, 'round')}"
    which = {1: "", 2: ", every 2nd logged"}.get(loop.every, f", every {loop.every}th logged")
    return f"loop at {loop.place}{rounds}{which if last is not None else ''}"


def _printed(lines: Sequence[Line]) -> list[RenderableType]:
    grid = Table.grid(padding=(0, 2))
    for line in lines[-_LAST:]:
        grid.add_row(Text(duration(line.elapsed)), Text(line.place), Text(line.text))
    which = "" if len(lines) <= _LAST else f", the last {_LAST} of {count(len(lines), 'line')}"
    return [Text(), Text(f"printed{which}", "bold"), indented(grid)]


def _failure(failure: Failure) -> list[RenderableType]:
    where = f" at {failure.place}" if failure.place else ""
    return [Text(), Text(f"{failure.type}: {failure.message}", "red"), Text(f"raised{where}")]


def _diff(edit: SourceEdit) -> RenderableType:
    lines = edit.diff.split("\n")[2:]
    return indented(Group(*(Text(line, _DIFF.get(line[:1], "dim")) for line in lines)))


@dataclass
class _Rounds:
    """The last rounds and earlier ones at equal distances, as many columns as there is room for."""

    loop: LoopLog

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        room = max(1, (options.max_width - _BESIDE) // _COLUMN)
        rounds = self.loop.even
        names, others = _choice(self.loop.names, rounds, room)
        grid = Table(box=None, padding=(0, 2, 0, 0), show_edge=False)
        for title in ("after", "round", *names):
            grid.add_column(title, justify="right", no_wrap=True)
        for row in [*_spread(rounds[:-_LAST], _EARLIER), *rounds[-_LAST:]]:
            cells = [_cell(row.values.get(name)) for name in names]
            nth = "" if row.number is None else str(row.number)
            grid.add_row(duration(row.elapsed), nth, *cells)
        grid.add_row("", "", *(_chart(rounds, name) for name in names))
        yield grid
        if others:
            yield Text(f"and {', '.join(others)}: --json has all", "dim")


def _choice(
    names: Sequence[str], rounds: Sequence[Round], room: int
) -> tuple[list[str], list[str]]:
    """The variables that there is room for, those that change most often, and the others."""
    changes = {name: len({row.values.get(name) for row in rounds}) for name in names}
    chosen = sorted(names, key=lambda name: -changes[name])[:room]
    return [n for n in names if n in chosen], [n for n in names if n not in chosen]


def _chart(rounds: Sequence[Round], name: str) -> str:
    """A bar chart of one variable over the whole run; nothing for texts."""
    values = [_number(row.values.get(name)) for row in _spread(rounds, _BARS)]
    return bars(values) if any(value is not None for value in values) else ""


def _spread(items: Sequence[_T], most: int) -> list[_T]:
    """At most so many of them, at equal distances, the first and the last included."""
    if len(items) <= most:
        return list(items)
    return [items[round(index * (len(items) - 1) / (most - 1))] for index in range(most)]


def _number(value: Value | None) -> float | None:
    if isinstance(value, str):
        return float(value) if value in _NOT_FINITE else None
    return None if value is None else float(value)


def _cell(value: Value | None) -> str:
    if isinstance(value, float) and math.isfinite(value):
        return number(value)
    text = "" if value is None else str(value)
    return text if len(text) <= _COLUMN else f"{text[: _COLUMN - 1]}…"
