"""`midrun why`: from a run that has become NaN to the finding."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from midrun.errors import MidrunError
from midrun.numerics.finding import Finding
from midrun.numerics.replay import Request
from midrun.run.sentinel import Count, Trip
from midrun.run.spec import Spec, command
from midrun.store import Run, Savepoint, Store, StoreError

_ATTACH = "midrun.numerics.replay:attach"
_ANY = 1 << 60  # a backward pass that never comes


@dataclass
class Case:
    """A run that is to be explained: `trip` is what its sentinel saw, None if it saw nothing;
    `savepoint` is where all was fine yet, None for the start of the script."""

    run: Run
    trip: Trip | None
    savepoint: Savepoint | None

    @property
    def begin(self) -> Count:
        return self.trip.clean if self.trip is not None else Count()

    @property
    def bad(self) -> int:
        return self.trip.count.backwards if self.trip is not None else _ANY


def find_case(store: Store, name: str | None) -> Case:
    """The run `name`, or the newest run that has something to explain.

    Raises MidrunError "nothing-bad" if there is nothing, and the store's errors.
    """
    runs = [store.run(name)] if name is not None else list(reversed(store.runs()))
    if not runs:
        store.savepoint()  # says what there is not
    for run in runs:
        trip = _trip(run)
        if trip is not None or run.info.get("status") == "crashed":
            return Case(run, trip, _clean_savepoint(run, trip))
        if name is None and trip is None:
            break
    which = f"run {runs[0].id}"
    raise MidrunError(
        f"{which} has seen no NaN: its losses, gradients and parameters were finite whenever they "
        "were looked at, and it has not crashed",
        slug="nothing-bad",
    )


def explain(case: Case) -> Finding:
    """Go back, and look.

    Raises MidrunError "not-reproduced" if the NaN does not come again.
    """
    with _scratch() as folder:
        request = Request(
            case.begin, case.bad, str(folder / "files" / "answer.json"), str(folder / "files"),
            case.trip.history if case.trip is not None else [],
        )  # fmt: skip
        Path(request.scratch).mkdir()
        answer = _replay(case, request, folder)
    found = answer.get("found")
    if found is None:
        raise MidrunError(_not_reproduced(case, answer), slug="not-reproduced")
    finding = Finding.read(found)
    finding.notes += _differences(case, finding)
    return finding


def _replay(case: Case, request: Request, folder: Path) -> dict[str, Any]:
    info = case.run.info
    spec = Spec(
        store=str(case.run.store.folder), attach=_ATTACH, request=request.write(), quiet=True,
        budget=0.0, hash_seed=info.get("hash_seed", ""),
    )  # fmt: skip
    arguments: list[str] = []
    if case.savepoint is not None:
        spec.savepoint = case.savepoint.spec
    else:
        spec.target, spec.is_module = info["target"], info["is_module"]
        spec.through, arguments = info["through"], info["argv"]
    argv, environment = command(spec, arguments)
    with (folder / "errors").open("wb") as errors:
        code = subprocess.run(
            argv, env=environment, cwd=info["cwd"], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=errors, check=False,
        ).returncode  # fmt: skip
    out = Path(request.out)
    if out.exists():
        return dict(json.loads(out.read_text()))
    last = (folder / "errors").read_text(errors="replace").strip().splitlines()[-1:]
    return {"error": "".join(last) or f"exit code {code}"}


def _not_reproduced(case: Case, answer: dict[str, Any]) -> str:
    where = f"from {case.savepoint.spec}" if case.savepoint is not None else "from the start"
    if "error" in answer:
        return f"run {case.run.id} could not be repeated {where}: {answer['error']}"
    what = f"{case.trip.value} in the {case.trip.what}" if case.trip is not None else "nothing bad"
    return (
        f"not reproduced: run {case.run.id}, repeated {where}, stayed finite up to backward pass "
        f"{answer.get('reached')}; the run itself had {what} at {case.bad}. Something in it is "
        "random that no savepoint holds, such as a nondeterministic kernel or the clock"
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


def _trip(run: Run) -> Trip | None:
    events = [event for event in run.events() if event.get("event") == "nan"]
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


@contextmanager
def _scratch() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="midrun-why-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
