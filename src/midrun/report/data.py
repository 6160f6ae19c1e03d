"""What `midrun data` shows: one screen."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console, Group, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from midrun.data.check import Progress as Done
from midrun.data.finding import Finding, Report, Split, printable
from midrun.data.rules import RULES
from midrun.report.terminal import indented, where
from midrun.report.words import count, duration, size

_EXAMPLES = 3  # of each rule
_ROOMY = 8  # rules; of more, one example each is shown
_CLASSES = 6  # that are named
_PATHS = 3  # that are named


def screen(report: Report, *, short: bool = False) -> RenderableType:
    """For people. A `short` one has no table of splits, and an example of each rule."""
    parts: list[RenderableType] = [_headline(report)]
    if report.splits and not short:
        parts += [Text(), indented(_splits(report.splits, report.workers))]
    groups: dict[str, list[Finding]] = {}
    for finding in report.findings:
        groups.setdefault(finding.rule, []).append(finding)
    shown = _EXAMPLES if len(groups) <= _ROOMY and not short else 1
    for rule, findings in groups.items():
        parts += [Text(), *_group(rule, findings, shown)]
    left_out = [Text(line, "yellow") for line in _left_out(report)]
    if short:
        more = "midrun data " + " ".join(map(shlex.quote, report.paths[:_PATHS]))
        if len(report.paths) > _PATHS:
            more += " ..."
        return Group(*parts, *left_out, Text(f"more: {more}", "dim"))
    return Group(*parts, Text(), *left_out, _last(report))


def _headline(report: Report) -> Text:
    if not report.files and any(split.items for split in report.splits):  # of a Dataset
        items = sum(split.items for split in report.splits)
        took = f"read in {duration(report.wall)} by {_processes(report.workers)}"
        return Text(f"{', '.join(report.paths)}: {count(items, 'item')}, {took}")
    kinds = sorted(report.formats.items(), key=lambda kind: -kind[1])
    parts = [f"{number} {kind}" for kind, number in kinds]
    parts += [f"{report.other} of no known format"] if report.other else []
    read = f"{count(report.files, 'file')}, {size(report.bytes)}"
    took = f"read in {duration(report.wall)} by {_processes(report.workers)}"
    return Text(f"{read}: {', '.join(parts) or 'none could be read'}; {took}")


def _splits(splits: list[Split], workers: int) -> RenderableType:
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False)
    files = any(split.files for split in splits)  # not of a Dataset
    for heading in ("", *(("files",) if files else ()), "items", *(("size",) if files else ())):
        table.add_column(heading, justify="right" if heading else "left")
    for heading in ("reading it once", "classes"):
        table.add_column(heading, overflow="fold")
    for split in splits:
        sizes = [str(split.files), str(split.items or ""), size(split.bytes)]
        once = f"{duration(split.seconds / workers)} by {_processes(workers)}"
        name = Text(split.name or "all", "bold")
        table.add_row(name, *(sizes if files else sizes[1:2]), once, _classes(split.classes))
    return table


def _classes(counts: dict[str, int]) -> str:
    if not counts:
        return ""
    if len(counts) <= _CLASSES:
        listed = (f"{printable(label)} {number}" for label, number in sorted(counts.items()))
        return ", ".join(listed)
    ordered = sorted(counts, key=lambda label: counts[label])
    few, many = ordered[0], ordered[-1]
    return (
        f"{len(counts)}, from {printable(few)} with {counts[few]}"
        f" to {printable(many)} with {counts[many]}"
    )


def _group(name: str, findings: list[Finding], shown: int) -> Iterator[RenderableType]:
    rule = RULES[name]
    style = "bold red" if rule.severity == "fault" else "bold yellow"
    number = Text(f"  {len(findings)}", "bold") if len(findings) > 1 else ""
    yield Text.assemble((rule.code, style), "  ", (rule.title, "bold"), number)
    for finding in findings[:shown]:
        place = where(finding.file, None)
        place = f"{place}, {finding.where}" if finding.where else place
        yield indented(Text(printable(f"{place}: {finding.message}")))
        if finding.evidence and shown > 1:
            yield indented(indented(Text(printable(finding.evidence), "dim")))
    more = f"and {len(findings) - shown} more; " if len(findings) > shown else ""
    yield indented(Text(f"{more}{rule.mend}", "dim"))


def _left_out(report: Report) -> Iterator[str]:
    for missing in report.missing:
        files = count(missing.files, "file")
        yield f"{files} not looked into, since {missing.library} is missing: {missing.command}"
    if report.unread:
        yield f"{count(report.unread, 'file')} not read, for lack of time; nothing was compared"
    if report.hidden:
        some = ", ".join(printable(where(path, None)) for path in report.hidden[:3])
        more = ", ..." if len(report.hidden) > 3 else ""
        yield f"left out, since hidden: {some}{more}"
    yield from report.notes


def _last(report: Report) -> Text:
    warnings = len(report.findings) - report.faults
    if not report.findings:
        return Text("nothing found", "green")
    text = f"{count(report.faults, 'fault')}, {count(warnings, 'warning')}"
    if bad := len(report.bad_items):
        text += f"; --bad FILE lists the {count(bad, 'item')} to leave out"
    elif bad := len(report.bad_files()):
        text += f"; --bad FILE lists the {count(bad, 'file')} to leave out"
    return Text(text, "bold")


def _processes(number: int) -> str:
    return "1 process" if number == 1 else f"{number} processes"


@contextmanager
def progress() -> Iterator[Callable[[Done], None] | None]:
    """A bar on stderr while a check goes on; none where that is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (
        TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[read]}"),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None, read="")

        def tell(done: Done) -> None:
            bar.update(task, completed=done.files, total=done.total, read=size(done.bytes))

        yield tell
