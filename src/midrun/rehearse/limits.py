"""What a forecast says that is too much: time, disk, waiting for data, no end."""

from __future__ import annotations

import dataclasses
import os

from midrun.rehearse.fault import Fault
from midrun.rehearse.forecast import Forecast
from midrun.rehearse.request import Answer

_SLOW = 0.3  # share of the time of a training loop from which on waiting for data is a fault
_MOST_MEMORY = 0.9
_SLOW_SECONDS = 60.0


def beyond(found: Forecast, answer: Answer, budget: float) -> list[Fault]:
    """The faults of a whole run that may take `budget` seconds."""
    faults = []
    slowest = max(found.phases, key=lambda phase: phase.seconds, default=None)
    if found.seconds is not None and found.seconds > budget and slowest is not None:
        faults.append(Fault(
            "over-time", slowest.file, slowest.line,
            f"the whole run takes about {found.seconds / 3600:.1f} h; it may take "
            f"{budget / 3600:.1f} h",
            f"most of it is {slowest.name}, {slowest.seconds / 3600:.1f} h",
        ))  # fmt: skip
    if found.peak + found.grows > _MOST_MEMORY * found.memory:
        file, line = found.peak_place or ("", 0)
        grows = f" at first, and {found.grows / 1e9:.1f} GB more at the end" if found.grows else ""
        faults.append(Fault(
            "over-memory", file, line,
            f"{found.peak / 1e9:.1f} GB of the {found.memory / 1e9:.1f} GB of memory are in use"
            f"{grows}",
        ))  # fmt: skip
    for file, line in found.endless:
        faults.append(Fault("never-ends", file, line, "this loop has no end that is known"))
    if found.written > found.free:
        file, line = (answer.saves[-1].file, answer.saves[-1].line) if answer.saves else ("", 0)
        faults.append(Fault(
            "over-disk", file, line,
            f"the whole run writes {found.written / 1e9:.1f} GB; {found.free / 1e9:.1f} GB are "
            "free there",
        ))  # fmt: skip
    return [_at_the_user(fault, answer) for fault in [*faults, *_slow_loaders(found)]]


def _at_the_user(fault: Fault, answer: Answer) -> Fault:
    """A fault of a library's loop, told at the user's line that led there."""
    led_by = {(loop.file, loop.line): loop.led_by for loop in answer.loops}
    place = led_by.get((fault.file, fault.line))
    if place is None:
        return fault
    loop = f"the loop is {os.path.basename(fault.file)}:{fault.line}"
    evidence = f"{fault.evidence}; {loop}" if fault.evidence else loop
    file, line = place
    return dataclasses.replace(fault, file=file, line=line, evidence=evidence)


def _slow_loaders(found: Forecast) -> list[Fault]:
    faults = []
    training = {(p.file, p.line): p.seconds for p in found.phases if p.name == "training step"}
    for phase in found.phases:
        step = training.get((phase.file, phase.line))
        if phase.name != "data loading" or step is None or phase.seconds < _SLOW_SECONDS:
            continue
        share = phase.seconds / (phase.seconds + step)
        if share > _SLOW:
            faults.append(Fault(
                "slow-loader", phase.file, phase.line,
                f"{share:.0%} of the time of this loop is spent waiting for its data",
                f"{phase.seconds / 3600:.1f} h of the whole run",
            ))  # fmt: skip
    return faults
