"""What `midrun verify` found, in rows, a summary and an exit code."""

from __future__ import annotations

import os
import random
import shlex
from collections.abc import Callable
from dataclasses import asdict, dataclass

from midrun.errors import MidrunError
from midrun.report import as_json
from midrun.report.words import count
from midrun.run.spec import Spec
from midrun.verify.verify import Point, Report, Verifier

AGREED, DIFFERS, NOT_DETERMINISTIC = 0, 1, 3  # exit codes
_PLACE = 34  # columns
_SEEDS = 100_000  # few enough to be typed again


@dataclass
class Trial:
    """What is to be verified: a script or module with its arguments, at `points` places chosen by
    `seed`, by ending the program at each if `stop`.

    Raises MidrunError "no-script" if there is no such script.
    """

    target: str
    arguments: tuple[str, ...]
    is_module: bool
    through: tuple[str, ...]
    points: int
    stop: bool
    seed: int | None

    def __post_init__(self) -> None:
        if self.seed is None:
            self.seed = random.SystemRandom().randrange(_SEEDS)
        if not self.is_module and not os.path.isfile(self.target):
            raise MidrunError(
                f"there is no script {self.target} in {os.getcwd()}", slug="no-script"
            )

    @property
    def announcement(self) -> str:
        """What is about to happen, in a line."""
        what = shlex.join([*["-m"] * self.is_module, self.target, *self.arguments])
        return (
            f"{what}: uninterrupted, then resumed from up to {self.points} savepoints; "
            f"--seed {self.seed}"
        )

    def run(self, on_point: Callable[[Point], None]) -> Report:
        """Do it; `on_point` is told of each point as it is done."""
        spec = Spec(
            store="", target=self.target, is_module=self.is_module, through=list(self.through)
        )
        assert self.seed is not None
        verifier = Verifier(
            spec, list(self.arguments), points=self.points, seed=self.seed, stop=self.stop
        )
        return verifier.run(on_point)


def row(point: Point) -> str:
    """One point: number, place, size of the savepoint, how long the script stood still, result."""
    place = point.place
    if len(place) > _PLACE:
        place = f"{place[: _PLACE - 3]}..."
    missing = f" ({count(point.notes, 'object')} not saved)" if point.notes else ""
    result = "; ".join(point.faults) if point.faults else "agrees"
    sizes = f"{point.mebibytes:9.2f} MiB {1000 * point.stall:7.0f} ms"
    return f"{point.number:3}  {place:{_PLACE}} {sizes}  {result}{missing}"


def exit_code(report: Report) -> int:
    """0 if all agree, 3 if the script is not deterministic by itself, else 1."""
    if report.undetermined:
        return NOT_DETERMINISTIC
    return AGREED if report.agreed else DIFFERS


def summary(report: Report) -> str:
    """The outcome in one line."""
    if report.undetermined:
        return f"not deterministic by itself: {report.undetermined}; nothing can be proved"
    ends = f"ends with exit code {report.code} ({report.last})" if report.code else ""
    if report.failed:
        return f"not verified: {report.failed}" + (f"; it {ends}" if ends else "")
    points = len(report.points)
    wrong = sum(bool(point.faults) for point in report.points)
    said = f"{wrong} of {points} differ" if wrong else f"all {points} agree bit for bit"
    if report.missed:
        said += f"; after {count(report.missed, 'other')} the script ended with no place to save at"
    said += f"; the script took {report.seconds:.1f} s"
    if ends:
        said += f" and {ends}, resumed or not"
    if report.ignored:
        differ = "differs" if report.ignored == 1 else "differ"
        said += f"; {count(report.ignored, 'word')} of its output {differ} between any two runs"
    return said


def dump(report: Report) -> str:
    """All of it as JSON."""
    return as_json.dump({**asdict(report), "agreed": report.agreed})
