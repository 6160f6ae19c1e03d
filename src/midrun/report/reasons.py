"""What `midrun why` shows: one screen, or one object of JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from midrun.numerics.causes import CAUSES
from midrun.numerics.finding import Cure, Finding, Line, Row
from midrun.report import history
from midrun.report.terminal import indented, where

_ROWS = 5  # steps of the history that are shown


def screen(found: Finding) -> RenderableType:
    """For people: all but the cures, which take longer to be known."""
    cause = CAUSES[found.cause]
    parts: list[RenderableType] = [
        Text.assemble((cause.code, "bold red"), "  ", (cause.title, "bold")),
        Text(),
    ]
    if found.line is not None:
        parts += [Text(_headline(found)), *_source(found.line)]
    else:
        parts.append(Text("no line of the program is known for it"))
    parts += [Text(), Text(found.reason)]
    parts += [indented(Text(line, "dim")) for line in found.operands[:6]]
    if len(found.way) > 1:
        parts += [Text(), Text("the way to the " + found.harm, "bold")]
        parts.append(indented(Text(" -> ".join(found.way))))
    parts += [
        indented(Text(f"also: {where(line.file, line.line)}  {line.text.strip()}"))
        for line in found.also
    ]
    parts += _history(found.history)
    parts += [Text(note, "yellow") for note in found.notes]
    return Group(*parts)


def cures(tried: list[Cure]) -> RenderableType:
    """For people: how the cures did, and the best as a diff."""
    if not tried:
        return Text("no cure is known for it", "yellow")
    return Group(Text(), Text("cures, tried", "bold"), indented(_cures(tried)), *_best(tried[0]))


def _history(rows: Sequence[Row]) -> Iterable[RenderableType]:
    steps = [row for row in rows if row.gradients or row.loss is not None]
    if len(steps) > 1:
        yield from (Text(), Text("the last steps", "bold"))
        yield indented(history.table(steps[-_ROWS:], steps))
    if sum(bool(row.largest) for row in rows) > 1:
        yield from (Text(), Text("the largest values of the modules", "bold"))
        yield indented(history.largest(rows))


def _headline(found: Finding) -> str:
    line = found.line
    assert line is not None
    facts = [
        f"{where(line.file, line.line)} in {line.function}"
        if line.function != "<module>"
        else where(line.file, line.line)
    ]
    facts.append({"backward": "in the backward pass"}.get(found.phase, f"in the {found.phase}"))
    if found.module:
        facts.append(f"module {found.module}")
    if found.epoch >= 0:
        facts.append(f"epoch {found.epoch}")
    facts.append(f"step {found.step}")
    if found.sample >= 0:
        item = f" (item {found.item} of the data set)" if found.item is not None else ""
        facts.append(f"sample {found.sample} of the batch{item}")
    if found.index:
        facts.append(f"element {found.index}")
    return ", ".join(facts)


def _source(line: Line) -> Iterable[RenderableType]:
    text = line.text.expandtabs(1)
    shift = len(text) - len(text.lstrip())
    yield Text(f"    {text.strip()}", "bold")
    if line.column >= shift and line.end_column > line.column:
        carets = "^" * (min(line.end_column, len(text.rstrip())) - line.column)
        yield Text(" " * (4 + line.column - shift) + carets, "red")


def _cures(cures: list[Cure]) -> RenderableType:
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False)
    for heading in ("", "finite", "loss", "|grad|", "moves a healthy step", "a step takes"):
        table.add_column(heading, overflow="fold")
    for cure in cures:
        title = cure.title + (" (hides the defect)" if cure.hides else "")
        finite = f"yes, {cure.steps} steps" if cure.finite else cure.note or f"no, {cure.steps}"
        moved = "" if cure.moved is None else f"{cure.moved:.2g}"
        slower = "" if cure.slower is None else f"{cure.slower:.2f} x"
        numbers = (history.number(cure.loss), history.number(cure.gradient))
        table.add_row(title, finite, *numbers, moved, slower)
    return table


def _best(cure: Cure) -> list[RenderableType]:
    """The diff of the best one."""
    if not cure.finite:
        return [Text("none of them keeps the training finite", "yellow")]
    lines = [line for line in cure.diff.splitlines() if not line.startswith(("---", "+++"))]
    styles = {"+": "green", "-": "red"}
    shown = [indented(Text(line, styles.get(line[:1], "dim"))) for line in lines]
    return [Text(), Text(f"the best: {cure.title} (midrun why --apply writes it)", "bold"), *shown]
