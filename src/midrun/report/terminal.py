"""The rendering for people: colour only on a terminal, and as wide as that is."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from midrun.report.words import count, duration, size, when

if TYPE_CHECKING:  # they load most of midrun
    from midrun.report.branches import SourceEdit
    from midrun.report.details import Details
    from midrun.report.health import Check
    from midrun.report.listing import RunLine, SavepointLine

_PIPED = 200  # columns, where the output is read by a program
_ROOMY = 72  # columns that a table of savepoints needs
_STYLES = {"running": "green", "finished": "default", "crashed": "red", "killed": "yellow"}


def console() -> Console:
    """The console of standard output."""
    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else _PIPED
    return Console(width=width, highlight=False, markup=False, emoji=False, soft_wrap=False)


def runs(lines: list[RunLine]) -> RenderableType:
    """Runs and the runs that continue them, as trees."""
    top = Tree("", hide_root=True, guide_style="dim")
    for line in lines:
        _add(top, line)
    return top


def details(shown: Details) -> RenderableType:
    """One savepoint in full."""
    saved = shown.savepoint
    title = Text.assemble(("savepoint ", "dim"), (saved.spec, "bold"))
    if saved.name:
        title.append(f" {saved.name}", "cyan")
    facts = [f"taken {when(saved.time)}"]
    if saved.elapsed is not None:
        facts.append(f"{duration(saved.elapsed)} into the run")
    facts.append(saved.reason)
    sizes = _sizes(saved)
    if shown.blobs:
        blobs = count(shown.blobs, "block")
        sizes += f" in {blobs} of tensors and arrays, and {size(shown.state_bytes)} of all else"
    if saved.stall is not None:
        sizes += f"; the program stood still for {1000 * saved.stall:.0f} ms"
    ran = shown.command or (f"resume {shown.parent}" if shown.parent else "an unknown command")
    parts: list[RenderableType] = [
        title,
        indented(Text(", ".join(fact for fact in facts if fact))),
        indented(Text(f"run: {ran} ({shown.run_status})")),
        indented(Text(sizes)),
    ]
    if shown.source:
        parts += [Text(), Text(shown.source_place, "bold"), _source(shown)]
    if shown.stack:
        parts += [Text(), Text("stack", "bold"), _stack(shown)]
    if shown.notes:
        rows = [(note.what, note.why) for note in shown.notes]
        parts += [Text(), Text("not saved as it was", "bold"), _grid(rows)]
    if shown.versions:
        saved_with = ", ".join(f"{name} {version}" for name, version in shown.versions.items())
        parts += [Text(), Text.assemble(("saved with ", "bold"), saved_with)]
    rows = [(where(edit.file, edit.line), edit.message) for edit in shown.edits]
    heading = "edited since" if rows else "no source has been edited since"
    parts += [Text(), Text(heading, "bold"), *([_grid(rows)] if rows else [])]
    parts += [Text(), Text(shown.problem, "red")] if shown.problem else []
    return Group(*parts)


def checks(found: list[Check]) -> RenderableType:
    """What doctor found."""
    grid = Table.grid(padding=(0, 2))
    for check in found:
        word, style = {None: ("", ""), True: ("works", "green"), False: ("FAILS", "red")}[
            check.works
        ]
        grid.add_row(Text(check.name, "bold"), Text(word, style), Text(check.found))
    return grid


def heading(line: RunLine) -> Text:
    """A run in a line: how it stands, when it began, what it continues."""
    title = Text.assemble(
        (line.id, "bold"), "  ", (line.status, _STYLES.get(line.status, "default")),
        "  ", when(line.started),
    )  # fmt: skip
    if line.elapsed is not None:
        title.append(f", worked {duration(line.elapsed)}")
    if line.parent is not None:
        title.append(f"  continues {line.parent}")
    return title


def edited(edit: SourceEdit) -> str:
    """The edit of a file in short."""
    return f"{edit.name} +{edit.added} -{edit.removed}"


def _add(tree: Tree, line: RunLine) -> None:
    label: list[RenderableType] = [heading(line)]
    if line.command:
        label.append(Text(line.command, "cyan"))
    if line.edits:
        label.append(Text(", ".join(map(edited, line.edits)), "cyan"))
    if line.error:
        label.append(Text(line.error, "red"))
    if line.savepoints:
        label.append(_Savepoints(line.savepoints))
    branch = tree.add(Group(*label))
    for continuation in line.continuations:
        _add(branch, continuation)


@dataclass
class _Savepoints:
    """The savepoints of a run: a table where there is room, else one paragraph each."""

    lines: list[SavepointLine]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        rows = [(str(line.number), _cells(line)) for line in self.lines]
        grid = Table.grid(padding=(0, 2))
        grid.add_column(justify="right", no_wrap=True)
        if options.max_width >= _ROOMY:
            for number, cells in rows:
                grid.add_row(number, *cells)
        else:
            for number, cells in rows:
                grid.add_row(number, Text(", ").join(cell for cell in cells if cell))
        yield indented(grid)


def _cells(line: SavepointLine) -> list[Text]:
    """Where a savepoint is, how far into the run, its size, and why it was taken."""
    if line.damaged:
        return [Text("damaged: its manifest can't be read", "red")]
    after = "" if line.elapsed is None else f"after {duration(line.elapsed)}"
    why = Text(line.name, "cyan") if line.name else Text(line.reason)
    if line.missing:
        why.append(f" ({line.missing} not saved)", "yellow")
    return [Text(line.place, overflow="fold"), Text(after), Text(_sizes(line)), why]


def _sizes(line: SavepointLine) -> str:
    new = "all" if line.bytes_new == line.bytes_total else size(line.bytes_new)
    return f"{size(line.bytes_total)} ({new} new)"


def _source(shown: Details) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(overflow="fold")
    for line in shown.source:
        mark, style = (">", "bold") if line.marked else ("", "")
        grid.add_row(mark, Text(str(line.number), "dim"), Text(line.text.expandtabs(), style))
    return indented(grid)


def _stack(shown: Details) -> RenderableType:
    return _grid([(frame.place, frame.text) for frame in shown.stack])


def _grid(rows: list[tuple[str, str]]) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(overflow="fold")
    grid.add_column(overflow="fold")
    for left, right in rows:
        grid.add_row(Text(left), Text(right))
    return indented(grid)


def where(file: str, line: int | None) -> str:
    """A place for people, relative to the current folder where that is shorter."""
    shown = os.path.relpath(file)
    shown = file if shown.startswith("..") else shown
    return shown if line is None else f"{shown}:{line}"


def indented(what: RenderableType) -> Padding:
    """What belongs to the line above it."""
    return Padding(what, (0, 0, 0, 2), expand=False)
