"""The rehearsal: the script is run through all of its phases, in a world of its own, then the other
way where a test came out one way only."""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from midrun.data.check import check
from midrun.data.finding import Report
from midrun.errors import MidrunError
from midrun.rehearse import checkpoints
from midrun.rehearse.fault import Fault
from midrun.rehearse.forecast import Forecast, forecast
from midrun.rehearse.limits import beyond
from midrun.rehearse.passes import Detours, Pass, Progress, Script, Stage, run_pass, stage
from midrun.rehearse.request import Answer, Crash, Request, TestSeen

_BRANCHES = 8  # tests that are tried the other way
_LONGEST = 30.0  # seconds that one of these may take
_TRYING = 20.0  # seconds after which no other one is begun
_DATA = 20.0  # seconds for the data that the script opens


@dataclass
class Rehearsed:
    """What a rehearsal found. `promise` is what its world could not promise; `ways` counts tests
    that were tried the other way. `data` is what was found in the data that the script opened, if
    it opened any."""

    script: Script
    faults: list[Fault]
    forecast: Forecast
    answer: Answer
    data: Report | None
    promise: str
    written: int
    ways: int
    traceback: str
    seconds: float

    @property
    def has_faults(self) -> bool:
        in_data = self.data is not None and self.data.faults > 0
        return in_data or any(fault.severity == "fault" for fault in self.faults)

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "script": self.script.target,
            "arguments": self.script.arguments,
            "seconds": self.seconds,
            "faults": [fault.as_dict() for fault in self.faults],
            "forecast": dataclasses.asdict(self.forecast),
            "loops": [dataclasses.asdict(loop) for loop in self.answer.loops],
            "data": self.data.as_dict() if self.data is not None else None,
            "never_ran": self.answer.never_ran,
            "conditions_tried": self.ways,
            "files_written": self.written,
            "promise": self.promise,
            "traceback": self.traceback,
        }


def rehearse(
    script: Script,
    at: Stage,
    *,
    budget: float,
    with_data: bool = False,
    progress: Progress = lambda text: None,
) -> Rehearsed:
    """Rehearse a script. `budget` is how long the whole run may take, in seconds; `with_data` says
    whether to look at the data that it opens, too.

    Raises MidrunError "no-script".
    """
    if not script.is_module and not Path(script.cwd, script.target).is_file():
        raise MidrunError(f"there is no script {script.target} in {script.cwd}", slug="no-script")
    began = time.monotonic()
    progress("the whole script, its loops cut short")
    first = run_pass(script, at, at.world(), Request(at.out_of("first")), "first")
    if first.answer is not None and first.answer.crash is not None:
        first = _confirmed(script, at, first, progress)
    answer = first.answer or Answer(crash=_vanished(script, first))
    data = _look_at(answer.reads, progress) if with_data and answer.reads else None
    faults = [*_own_faults(answer), *_of_crash(answer)]
    ways = 0
    if not any(fault.rule == "crash" for fault in faults):
        until = time.monotonic() + _TRYING
        for test in _one_way(answer)[:_BRANCHES]:
            if time.monotonic() > until:
                break
            progress(f"line {test.line} the other way")
            ways += 1
            faults += _other_way(script, at, test)
        with stage(kind=at.kind) as apart:
            faults += checkpoints.check(answer, Detours(script, apart, progress).run)
    found = forecast(answer, script.cwd)
    if any(fault.rule == "not-cut" for fault in faults):
        found.seconds = None
    faults += beyond(found, answer, budget)
    world = at.worlds[-1]
    return Rehearsed(
        script, sorted(set(faults), key=_order), found, answer, data, world.promise,
        len(world.written()), ways,
        answer.crash.traceback if answer.crash is not None else "", time.monotonic() - began,
    )  # fmt: skip


def _look_at(paths: list[str], progress: Progress) -> Report | None:
    """Look at data, without a word where midrun can't."""
    progress("the data that it opened")
    try:
        return check(paths, seconds=_DATA)
    except MidrunError:
        return None


def _order(fault: Fault) -> tuple[bool, str, str, int]:
    return fault.severity != "fault", fault.code, fault.file, fault.line


def _confirmed(script: Script, at: Stage, first: Pass, progress: Progress) -> Pass:
    """A crash may come from an evaluation that was cut short (predictions of some items, compared
    with the labels of all). The script is run again with those loops whole, if there are any."""
    assert first.answer is not None
    whole = [
        (loop.file, loop.line)
        for loop in first.answer.loops
        if loop.cut and loop.evaluates and not loop.trains
    ]
    if not whole:
        return first
    progress("again, with the evaluation whole")
    at.start_over()
    request = Request(at.out_of("again"), whole=whole)
    return run_pass(script, at, at.world(), request, "again")


def _vanished(script: Script, done: Pass) -> Crash:
    """What is known of a process that ended without a word."""
    how = f"signal {-done.code}" if done.code < 0 else f"exit code {done.code}"
    path = str(Path(script.cwd, script.target))
    said = "\n".join(done.output.splitlines()[-20:])
    return Crash(f"the process ended with {how}", [(path, 1, "")], said, False, [])


def _own_faults(answer: Answer) -> list[Fault]:
    return [Fault(**fault) for fault in answer.faults]


def _of_crash(answer: Answer) -> list[Fault]:
    crash = answer.crash
    if crash is None:
        return []
    file, line = crash.frames[-1][:2] if crash.frames else ("", 0)
    return [Fault("crash", file, line, crash.error, _where(crash))]


def _where(crash: Crash) -> str:
    """The loops under way, for people: in round 3 of the loop at line 20."""
    files = {file for file, *_ in crash.frames}
    said = [
        f"round {index} of the loop at "
        + (f"line {line}" if file in files else f"{Path(file).name}:{line}")
        for file, line, index in crash.loops
    ]
    return "in " + ", ".join(said) if said else ""


def _one_way(answer: Answer) -> list[TestSeen]:
    """The tests that came out one way only, and can be tried the other; those first that need not
    be tried from the start."""
    found = (t for t in answer.tests if len(t.outcomes) == 1 and t.trained and not t.raises)
    return sorted(found, key=lambda test: not test.savepoint)


def _other_way(script: Script, at: Stage, test: TestSeen) -> list[Fault]:
    name = f"other-{test.line}-{test.column}"
    request = Request(
        at.out_of(name),
        other_way=(test.file, test.line, test.column),
        resumed=bool(test.savepoint),
    )
    with at.passing_world() as world:
        done = run_pass(
            script, at, world, request, name, savepoint=test.savepoint, seconds=_LONGEST
        )
    crash = done.answer.crash if done.answer is not None else None
    if crash is None or crash.raised:
        return []
    outcome = str(not test.outcomes[0]).lower()
    file, line = crash.frames[-1][:2] if crash.frames else (test.file, test.line)
    how = f"when the condition in line {test.line} is {outcome}"
    return [Fault("crash-other-way", file, line, f"{crash.error}, {how}", _where(crash))]
