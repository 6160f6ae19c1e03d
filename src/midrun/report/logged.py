"""What a run has logged, as `midrun show RUN` shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from midrun.report.listing import RunLine, describe_run, root_of
from midrun.report.words import place
from midrun.store import Run, Savepoint, Store, StoreError

Value = bool | int | float | str


@dataclass
class Round:
    """The values at the end of a round, `elapsed` seconds into the run; numbers that are not finite
    are the texts nan, inf and -inf. `number` counts the rounds of the loop from the start of the
    script; None if that is not known."""

    number: int | None
    elapsed: float
    values: dict[str, Value]


@dataclass
class LoopLog:
    """The records of one loop. In the end every `every`-th round was recorded; `rounds` has the
    earlier ones that were recorded beside them, too."""

    place: str
    file: str
    line: int
    function: str
    every: int = 1
    rounds: list[Round] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """The variables, in the order in which they came up."""
        return list(dict.fromkeys(name for round_ in self.rounds for name in round_.values))

    @property
    def even(self) -> list[Round]:
        """Rounds at equal distances, and the last one."""
        kept = [r for r in self.rounds if r.number is not None and r.number % self.every == 0]
        last = self.rounds[-1:]
        return kept if kept[-1:] == last else kept + last


@dataclass
class Failure:
    """The exception that ended the run, and where it was in the user's own code."""

    type: str
    message: str
    place: str
    file: str
    line: int | None


@dataclass
class Line:
    """A line that was printed to `stream`, `elapsed` seconds into the run; `place` is the line of
    the user's own code that did it, if any did."""

    text: str
    stream: str
    elapsed: float
    place: str


@dataclass
class RunLog:
    """A run and all that it has logged."""

    run: RunLine
    printed: list[Line]
    loops: list[LoopLog]
    failure: Failure | None


def named(store: Store, spec: str | None) -> Run | Savepoint:
    """What the user calls `spec`: a run, or a savepoint where that is what it says.

    Raises the store's errors.
    """
    if spec is not None and ":" not in spec:
        try:
            run = store.run(spec)
        except StoreError:
            return store.savepoint(spec)
        names = (s.name for other in store.runs() for s in other.savepoints())
        if run.id == spec or spec not in names:
            return run
    return store.savepoint(spec)


def read_log(run: Run) -> RunLog:
    """Everything in the log of a run that can be read."""
    root = root_of(run)
    loops: dict[tuple[str, int, str], LoopLog] = {}
    failure = None
    printed: list[Line] = []
    for event in run.events():
        kind = event.get("event")
        if kind == "values":
            key = event["file"], event["line"], event["function"]
            if key not in loops:
                loops[key] = LoopLog(place(*key, root), *key)
            loop = loops[key]
            loop.every = max(loop.every, event["every"])
            loop.rounds.append(Round(event["round"], event["elapsed"], event["values"]))
        elif kind == "printed":
            file, line = event["place"] or ("", None)
            where = place(file, line, None, root) if file else ""
            printed.append(Line(event["text"], event["to"], event["elapsed"], where))
        elif kind == "exception":
            failure = _failure(event, root)
    return RunLog(describe_run(run), printed, list(loops.values()), failure)


def _failure(event: dict[str, Any], root: str | None) -> Failure:
    file, line, function = event["place"] or ("", None, "")
    where = place(file, line, function, root) if file else ""
    return Failure(event["type"], event["message"], where, file, line)
