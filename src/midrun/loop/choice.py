"""Which savepoint a retry starts from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from midrun.loop.edits import Files
from midrun.run.compare import StaleEdit
from midrun.run.seen import Count, Trip
from midrun.run.stale import back_from, stale_edits
from midrun.store import Run, Savepoint, StoreError


@dataclass(frozen=True)
class Choice:
    """Where a retry starts: at `savepoint`, or from the beginning if there is none. `blamed` is the
    edit that made a newer one stale."""

    savepoint: Savepoint | None = None
    blamed: StaleEdit | None = None


@dataclass(frozen=True)
class Next:
    """The next try: where it starts, the edits that it takes, and the files as they are then.
    `meanwhile`: they were edited while the last one ran."""

    choice: Choice
    edited: list[str]
    files: Files | None
    meanwhile: bool = False


def candidates(run: Run | None) -> Iterator[Savepoint]:
    """The savepoints before the end of `run`, newest first, with those of the runs that it
    continues. If it was stopped for a NaN, only those at which all was finite."""
    start = _newest(run)
    if run is None or start is None:
        return
    trips = run.events("nan") if run.info.get("status") == "stopped" else []
    fine = Trip.read(trips[-1]).clean if trips else None
    for savepoint in back_from(start):
        training = savepoint.manifest.get("training")
        if fine is None or training is None or Count(**training).within(fine):
            yield savepoint


def choose(run: Run | None) -> Choice:
    """The newest savepoint before the end of `run` that no edit makes stale.

    Raises SyntaxError if an edited file has one, StoreError if the sources of a run are damaged.
    """
    blamed: StaleEdit | None = None
    for savepoint in candidates(run):
        stale = [edit for edit in stale_edits(savepoint) if edit.stale]
        if not stale:
            return Choice(savepoint, blamed)
        blamed = blamed or stale[0]
    return Choice(None, blamed)


def _newest(run: Run | None) -> Savepoint | None:
    """The newest savepoint of `run`, or the one that it continues."""
    if run is None:
        return None
    savepoints = run.savepoints()
    if savepoints:
        return savepoints[-1]
    parent = run.info.get("parent")
    try:
        return run.store.savepoint(parent) if parent else None
    except StoreError:  # removed, or damaged
        return None
