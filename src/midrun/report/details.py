"""One savepoint in full, as `midrun show` shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from midrun.errors import MidrunError
from midrun.report.listing import SavepointLine, command, describe_savepoint, root_of, status
from midrun.report.words import place
from midrun.run.stale import stale_edits
from midrun.store import Savepoint, StoreError

_AROUND = 4  # source lines shown before and after the position


@dataclass
class SourceLine:
    """One line of the run's sources; `marked` is the one that runs next."""

    number: int
    text: str
    marked: bool


@dataclass
class Frame:
    """One frame of the stack, outermost first; `text` is the line that it stands at."""

    place: str
    file: str
    line: int
    function: str
    text: str


@dataclass
class Note:
    """An object that was saved in part, rebuilt, or not at all: what, and why."""

    kind: str
    what: str
    why: str


@dataclass
class Edit:
    """A change of the sources since the savepoint; `code` names the kind. It makes the savepoint
    `stale` if what has changed had run by then."""

    file: str
    line: int | None
    message: str
    code: str
    stale: bool


@dataclass
class Details:
    """Everything about a savepoint that can be known without loading it.

    `source` are the lines around the innermost position whose source was kept, which is at
    `source_place`. `state_bytes` is the pickle's share of the bytes, `blobs` how many tensors and
    arrays are beside it. `problem` is why it would not be loaded, in a sentence, or None.
    """

    savepoint: SavepointLine
    run: str
    run_status: str
    command: str
    parent: str | None
    problem: str | None
    state_bytes: int
    blobs: int
    source_place: str = ""
    source: list[SourceLine] = field(default_factory=list)
    stack: list[Frame] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    edits: list[Edit] = field(default_factory=list)


def describe(savepoint: Savepoint) -> Details:
    """Read all of it from the manifest and the run's kept sources."""
    manifest, run = savepoint.manifest, savepoint.run
    root = root_of(run)
    details = Details(
        savepoint=describe_savepoint(savepoint),
        run=run.id,
        run_status=status(run),
        command=command(run),
        parent=run.info.get("parent"),
        problem=_problem(savepoint),
        state_bytes=int(manifest.get("state_bytes", 0)),
        blobs=len(savepoint.keys),
        stack=[_frame(entry, root) for entry in manifest.get("stack", [])],
        notes=[Note(n["kind"], n["what"], n["why"]) for n in manifest.get("notes", [])],
        versions=dict(manifest.get("versions", {})),
        edits=edits_since(savepoint),
    )
    for frame in reversed(details.stack):
        text = _kept(savepoint, frame.file)
        if text is not None:
            details.source_place = frame.place
            details.source = _lines_around(text, frame.line)
            break
    return details


def edits_since(savepoint: Savepoint) -> list[Edit]:
    """What has been changed in the program's sources since the savepoint."""
    try:
        found = stale_edits(savepoint)
    except SyntaxError as error:
        message = f"can't be read: {error.msg}"
        return [Edit(str(error.filename), error.lineno, message, "syntax-error", True)]
    return [Edit(e.file, e.line, f"{e.name}: {e.message}", e.code, e.stale) for e in found]


def _problem(savepoint: Savepoint) -> str | None:
    try:
        savepoint.check()
    except StoreError as error:
        return str(error)
    return None


def _frame(entry: dict[str, Any], root: str | None) -> Frame:
    where = place(entry["file"], entry["line"], entry["function"], root)
    return Frame(where, entry["file"], entry["line"], entry["function"], entry["text"])


def _kept(savepoint: Savepoint, path: str) -> str | None:
    key = savepoint.manifest.get("sources", {}).get(path)
    try:
        return None if key is None else savepoint.run.source(key)
    except MidrunError:
        return None


def _lines_around(text: str, line: int) -> list[SourceLine]:
    lines = text.removesuffix("\n").split("\n")  # as Python counts: a form feed ends no line
    first, last = max(1, line - _AROUND), min(len(lines), line + _AROUND)
    return [SourceLine(n, lines[n - 1], n == line) for n in range(first, last + 1)]
