"""What `midrun rehearse` shows: one screen."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from midrun.data.finding import Report
from midrun.rehearse.fault import Fault
from midrun.rehearse.forecast import Forecast, Phase
from midrun.rehearse.rehearsal import Rehearsed
from midrun.rehearse.rules import RULES
from midrun.report import data
from midrun.report.terminal import indented, where
from midrun.report.words import count, duration, size

_PHASES = 10  # rows of the table
_BLOCKS = 12  # blocks that never ran
_STYLES = {"fault": "red", "warning": "yellow"}


def screen(found: Rehearsed) -> RenderableType:
    """For people."""
    parts: list[RenderableType] = []
    if found.promise:
        parts += [Text(found.promise, "yellow"), Text()]
    parts += [_headline(found), Text(), indented(_phases(found.forecast))]
    if found.traceback:
        parts += [Text(), Text(found.traceback.rstrip())]
    for fault in found.faults:
        parts += [Text(), *_fault(fault)]
    if found.data is not None:
        parts += [Text(), *_data(found.data)]
    if found.answer.never_ran:
        parts += [Text(), *_never_ran(found)]
    parts += [Text(), *_forecast(found)]
    return Group(*parts)


def _headline(found: Rehearsed) -> Text:
    parts = [f"rehearsed in {duration(found.seconds)}"]
    if found.ways:
        parts.append(f"{count(found.ways, 'condition')} tried the other way too")
    written = count(found.written, "file")
    parts.append(f"{written} written to a scratch folder" if found.written else "nothing written")
    faults = sum(fault.severity == "fault" for fault in found.faults)
    faults += found.data.faults if found.data is not None else 0
    warnings = sum(fault.severity == "warning" for fault in found.faults)
    title = Text("; ".join(parts))
    if faults:
        title.append(f": {count(faults, 'fault')}", "bold red")
    elif found.answer.crash is None:
        title.append(": no fault", "bold green")
    if warnings:
        title.append(f", {count(warnings, 'warning')}", "yellow")
    return title


def _phases(forecast: Forecast) -> RenderableType:
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False)
    for heading in ("phase", "where", "visited"):
        table.add_column(heading, overflow="fold")
    for heading in ("here", "in the whole run"):
        table.add_column(heading, justify="right")
    largest = sorted(forecast.phases, key=lambda phase: -phase.seconds)[:_PHASES]
    for phase in (phase for phase in forecast.phases if phase in largest):
        whole = duration(phase.seconds) if not forecast.endless else "?"
        table.add_row(
            Text(phase.name, "bold"), _where(phase), phase.visited, duration(phase.spent), whole
        )
    return table


def _where(phase: Phase) -> str:
    return where(phase.file, phase.line) if phase.file else ""


def _fault(fault: Fault) -> list[RenderableType]:
    rule = RULES[fault.rule]
    title = Text.assemble(
        (rule.code, _STYLES[rule.severity]), " ", (rule.title, "bold"), "  ",
        where(fault.file, fault.line),
    )  # fmt: skip
    lines: list[RenderableType] = [title, indented(Text(fault.message))]
    if fault.evidence:
        lines.append(indented(Text(fault.evidence, "dim")))
    lines.append(indented(Text(f"mend: {rule.mend}")))
    return lines


def _never_ran(found: Rehearsed) -> list[RenderableType]:
    blocks = found.answer.never_ran
    shown = [
        where(file, first) + (f"-{last}" if last > first else "")
        for file, first, last in blocks[:_BLOCKS]
    ]
    more = f", and {len(blocks) - _BLOCKS} more" if len(blocks) > _BLOCKS else ""
    return [Text("never ran", "bold"), indented(Text(", ".join(shown) + more))]


def _data(report: Report) -> list[RenderableType]:
    title = Text("the data that it opened", "bold")
    return [title, indented(data.screen(report, short=True))]


def _forecast(found: Rehearsed) -> list[RenderableType]:
    forecast = found.forecast
    if found.answer.crash is not None:
        return [Text("no forecast, since the script does not come to its end")]
    if forecast.seconds is None and not forecast.endless:
        whole = "no forecast of the time, since the training loop is not cut"
    elif forecast.seconds is None:
        whole = "no forecast of the time, since a loop has no end that is known"
    else:
        least, most = duration(forecast.least), duration(forecast.most)
        between = f" ({least} to {most})" if least != most else ""
        whole = f"the whole run takes about {duration(forecast.seconds)}{between}"
    lines: list[RenderableType] = [Text(whole, "bold")]
    for saving in forecast.savings:
        place = f"  {where(saving.file, saving.line)}" if saving.file else ""
        said = f"{saving.share:.0%} ({duration(saving.seconds)}): {saving.what}{place}"
        lines.append(indented(Text(said)))
    peak = f"memory: {size(forecast.peak)} at most here, of {size(forecast.memory)}"
    if forecast.peak_place is not None:
        peak += f", reached in the loop at {where(*forecast.peak_place)}"
    if forecast.grows:
        at_end = round(forecast.peak + forecast.grows)
        peak += f"; it grows from round to round, to {size(at_end)} in the end"
    lines.append(Text(peak))
    if (device := forecast.device) is not None:
        used = f"{device.name}: {size(device.peak)} at most, of {size(device.total)}"
        if forecast.largest_batch:
            used += f"; with a batch of {device.batch}, about {forecast.largest_batch} would fit"
        lines.append(Text(used))
    disk = f"disk: {size(round(forecast.written))} in the end, {size(forecast.free)} are free"
    return [*lines, Text(disk)]
