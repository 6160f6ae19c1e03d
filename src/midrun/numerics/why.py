"""`midrun why`: from a run that has become NaN to the finding."""

from __future__ import annotations

import functools
import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from midrun.branch.process import (
    Start,
    ask_branch,
    branch_folder,
    branch_store,
    hold,
    keeper_for,
)
from midrun.errors import MidrunError
from midrun.numerics.finding import Finding, Row
from midrun.numerics.replay import Request
from midrun.numerics.trend import what_rose
from midrun.run.seen import Count, Trip
from midrun.store import Run, Savepoint, Store, StoreError
from midrun.warm.owner import Warm

_ATTACH = "midrun.numerics.replay:attach"
_NEEDED = ("midrun.numerics.replay", "midrun.numerics.microscope.lens")  # in the process that looks
_ANY = 1 << 60  # a backward pass that never comes
_LARGE = ("overflow", "half-overflow", "log-domain", "zero-times-inf", "inf-minus-inf")
_SOON, _EARLY = 60.0, 50  # seconds, and backward passes, that are repeated from the start


@dataclass
class Case:
    """A run that is to be explained: `trip` is what its sentinel saw, None if it saw nothing.
    `warm` has a keeper for the run."""

    run: Run
    trip: Trip | None
    warm: Warm | None = None

    @functools.cached_property
    def start(self) -> Start:
        """Where all was fine yet, by the savepoints that are on disk by now."""
        return Start(self.run, _clean_savepoint(self.run, self.trip))

    @property
    def begin(self) -> Count:
        return self.trip.clean if self.trip is not None else Count()

    @property
    def bad(self) -> int:
        return self.trip.count.backwards if self.trip is not None else _ANY


def find_case(store: Store, name: str | None) -> Case:
    """The run `name`, or the newest run.

    Raises MidrunError "nothing-bad" if there is nothing, and the store's errors.
    """
    run = store.run(name or "newest")
    trip = _trip(run)
    if trip is not None or run.info.get("status") == "crashed":
        return Case(run, trip)
    raise MidrunError(_nothing(run), slug="nothing-bad")


def _nothing(run: Run) -> str:
    """Why there is nothing to explain."""
    training = run.end.get("training", {"backwards": 1})  # not known, as long as it goes on
    if training is None:
        return f"run {run.id} was not watched for NaN; run it without --no-sentinel"
    if not training.get("backwards") and not training.get("steps"):
        return (
            f"run {run.id} has seen no NaN, and had nothing to look at: no loss was given to "
            "backward(), no derivative taken, and no optimizer of torch took a step"
        )
    return (
        f"run {run.id} has seen no NaN: its losses, gradients and parameters were finite whenever "
        "they were looked at, and it has not crashed"
    )


@contextmanager
def opened(store: Store, name: str | None, folder: Path) -> Iterator[Case]:
    """The case of the run `name`, or of the newest run, with a keeper, which is in `folder`.

    Raises what `find_case` does.
    """
    case = find_case(store, name)
    with keeper_for(case.run, folder, _NEEDED) as case.warm:
        yield case


@contextmanager
def opened_at_alarm(store: Store, name: str, folder: Path, line: TextIO) -> Iterator[Case | None]:
    """The same for a run that has an alarm now, or later: what it writes to `line` says so (see
    `midrun.run.standby`). None if it ends without."""
    run = store.run(name)
    interrupted = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is meant for the run
    with keeper_for(run, folder, _NEEDED) as warm:
        heard = line.readline()
        signal.signal(signal.SIGINT, interrupted)
        if not heard:
            yield None
            return
        hold(warm, run, _NEEDED)  # what it has imported since
        case = find_case(store, name)
        case.warm = warm
        line.read()  # until the savepoints are on disk
        yield case


def explain(case: Case, folder: Path) -> tuple[Finding, Start]:
    """Go back, and look. Returns also where cures are to start: some steps before the bad one,
    where a savepoint could be taken; it lies in `folder`.

    Raises MidrunError "not-reproduced" if the NaN does not come again.
    """
    answer = _look(case, case.start, case.begin, folder)
    finding = _read(answer)
    if finding is None:
        raise MidrunError(_not_reproduced(case, answer), slug="not-reproduced")
    finding.notes += _differences(case, finding)
    finding.history = _seen_before(case, finding.history) + finding.history
    risen = what_rose(finding.history, finding.module) if finding.cause in _LARGE else None
    finding.notes += [risen] if risen is not None else []
    if finding.cause == "bad-input" and (made := _in_setup(case)) is not None:
        return made
    if "near" not in answer:
        return finding, case.start
    near = branch_store(folder).savepoint(answer["near"])
    return finding, Start(near.run, near, answer["files"])


def _look(case: Case, start: Start, begin: Count, folder: Path) -> dict[str, Any]:
    """Repeat the run from `start`, under the microscope from `begin` on: what that answers."""
    history = case.trip.history if case.trip is not None else []

    def request(out: str, scratch: str) -> str:
        return Request(begin, case.bad, out, scratch, history).write()

    text, said = ask_branch(start, _ATTACH, request, folder, case.warm)
    return json.loads(text) if text is not None else {"error": said}


def _read(answer: dict[str, Any]) -> Finding | None:
    found = answer.get("found")
    return Finding.read(found) if found is not None else None


def _in_setup(case: Case) -> tuple[Finding, Start] | None:
    """How bad data were made by the program, before its training, and where cures of that start:
    None if they were not, or if it would take long to tell, since that is seen from the start of
    the script alone."""
    savepoint = case.start.savepoint
    if savepoint is None or savepoint.run.id != case.run.id or case.bad > _EARLY:
        return None
    if savepoint.manifest["elapsed"] > _SOON or case.run.info.get("parent"):
        return None
    start = Start(case.run, None)
    with branch_folder() as folder:
        finding = _read(_look(case, start, Count(), folder))
    if finding is None or (finding.cause == "bad-input" and "NumPy" not in finding.reason):
        return None
    return finding, start


def _not_reproduced(case: Case, answer: dict[str, Any]) -> str:
    if "error" in answer:
        return f"run {case.run.id} could not be repeated {case.start}: {answer['error']}"
    what = f"{case.trip.value} in the {case.trip.what}" if case.trip is not None else "nothing bad"
    return (
        f"not reproduced: run {case.run.id}, repeated {case.start}, stayed finite up to backward "
        f"pass {answer.get('reached')}; the run itself had {what} at {case.bad}. Something in it "
        "is random that no savepoint holds, such as a nondeterministic kernel or the clock"
    )


def _differences(case: Case, finding: Finding) -> list[str]:
    """Where the repeated steps differ from what the sentinel saw in the run itself."""
    seen = {look.count.backwards: look.loss for look in case.trip.history} if case.trip else {}
    for row in finding.history:
        first = seen.get(row.backward)
        both = first is not None and row.loss is not None
        if both and first == first and row.loss == row.loss and first != row.loss:
            return [
                f"the repeated run is not the same to the bit: at backward pass {row.backward} its "
                f"loss is {row.loss:.9g}, it was {first:.9g}"
            ]
    return []


def _seen_before(case: Case, rows: list[Row]) -> list[Row]:
    """What the sentinel has kept of the forward passes before those of `rows`."""
    since = rows[0].backward if rows else _ANY
    samples = case.trip.activations if case.trip is not None else []
    return [Row(s.backward, None, {}, s.largest) for s in samples if s.backward < since]


def _trip(run: Run) -> Trip | None:
    events = run.events("nan")
    return Trip.read(events[-1]) if events else None


def _clean_savepoint(run: Run, trip: Trip | None) -> Savepoint | None:
    """The newest savepoint, of the run or of those that it continues, at which all was fine."""
    limit = trip.clean if trip is not None else Count(_ANY, _ANY)
    savepoints = run.savepoints()
    for savepoint in reversed(savepoints):
        training = savepoint.manifest.get("training")
        if training is not None and Count(**training).within(limit):
            return savepoint
    parent = run.info.get("parent")
    if parent:
        try:
            return run.store.savepoint(parent)
        except StoreError:
            return None
    return None
