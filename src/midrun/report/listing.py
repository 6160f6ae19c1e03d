"""All runs of a store with their savepoints, as `midrun ls` shows them."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import Any

from midrun.report import words
from midrun.report.branches import SourceEdit, edits_of
from midrun.store import Run, Savepoint, Store


@dataclass
class SavepointLine:
    """One savepoint in a line.

    `time` is a unix time; `elapsed` is how long the program had worked by then and `stall` how long
    it stood still for it, in seconds. `missing` counts objects that could not be saved. Of one
    whose manifest can't be read (`damaged`), only `spec` and `number` are known.
    """

    spec: str
    number: int
    damaged: bool = False
    name: str | None = None
    reason: str = ""
    place: str = ""
    file: str = ""
    line: int | None = None
    function: str = ""
    time: float = 0.0
    elapsed: float | None = None
    stall: float | None = None
    bytes_new: int = 0
    bytes_total: int = 0
    missing: int = 0


@dataclass
class RunLine:
    """One run, its savepoints, and the runs that continue it (`continuations`), oldest first.

    `status` is running, finished, crashed, killed, or what else the run has set; `error` is the
    last line of the traceback that it ended with; `elapsed` is in seconds and counts the runs that
    it continues. `edits` are the files in which it differs from the run that it continues.
    """

    id: str
    parent: str | None
    status: str
    command: str
    started: float
    elapsed: float | None
    error: str | None
    edits: list[SourceEdit] = field(default_factory=list)
    savepoints: list[SavepointLine] = field(default_factory=list)
    continuations: list[RunLine] = field(default_factory=list)


def list_runs(store: Store, spec: str | None = None) -> list[RunLine]:
    """All runs as trees, oldest first; with `spec`, only the run that it names and what continues
    that one.

    A run whose parent has been removed is the root of a tree. Raises StoreError "no-runs" or
    "unknown-run".
    """
    chosen = store.run(spec) if spec is not None else None
    lines = {run.id: describe_run(run) for run in store.runs()}
    roots: list[RunLine] = []
    for line in lines.values():
        parent = lines.get((line.parent or "").partition(":")[0])
        (roots if parent is None else parent.continuations).append(line)
    return roots if chosen is None else [lines[chosen.id]]


def names(store: Store) -> list[str]:
    """What the user can type for a run or a savepoint, newest first: for shell completion."""
    found = []
    for run in reversed(store.runs()):
        found += [run.id, *(f"{run.id}:{number}" for number in reversed(run.numbers()))]
    return found


def describe_run(run: Run) -> RunLine:
    """The line of one run, without its continuations."""
    readable = {savepoint.number: savepoint for savepoint in run.savepoints()}
    return RunLine(
        id=run.id,
        parent=run.info.get("parent"),
        status=status(run),
        command=command(run),
        started=run.started,
        elapsed=run.info.get("elapsed"),
        error=run.info.get("error"),
        edits=edits_of(run),
        savepoints=[
            describe_savepoint(readable[number])
            if number in readable
            else SavepointLine(f"{run.id}:{number}", number, damaged=True)
            for number in run.numbers()
        ],
    )


def describe_savepoint(savepoint: Savepoint) -> SavepointLine:
    """The line of one savepoint."""
    manifest = savepoint.manifest
    position: dict[str, Any] = manifest.get("position") or {}
    file, line = position.get("file", ""), position.get("line")
    function = position.get("function", "")
    return SavepointLine(
        spec=savepoint.spec,
        number=savepoint.number,
        name=savepoint.name,
        reason=manifest.get("reason", ""),
        place=words.place(file, line, function, root_of(savepoint.run)),
        file=file,
        line=line,
        function=function,
        time=savepoint.time,
        elapsed=manifest.get("elapsed"),
        stall=manifest.get("stall"),
        bytes_new=savepoint.bytes_new,
        bytes_total=savepoint.bytes_total,
        missing=sum(note.get("kind") == "missing" for note in manifest.get("notes", [])),
    )


def status(run: Run) -> str:
    """How a run stands: a dead one that has not said how it ended was killed."""
    return "running" if run.alive else str(run.info.get("status") or "killed")


def command(run: Run) -> str:
    """What was run, as typed after `midrun run`; for a continuation, what was set."""
    info = run.info
    changed = [word for text in info.get("assignments", []) for word in ("--set", text)]
    if device := info.get("device"):
        changed += ["--device", device]
    if changed:
        return shlex.join(changed)
    if info.get("parent") or "target" not in info:
        return ""
    return shlex.join([*["-m"] * bool(info.get("is_module")), info["target"], *info["argv"]])


def root_of(run: Run) -> str | None:
    """The project's root of a run, if it is known."""
    roots = run.info.get("roots")
    return str(roots[0]) if roots else None
