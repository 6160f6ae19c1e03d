"""The honest list of edits: which code had run at a savepoint and is another one now.

Nothing is unpickled: a savepoint's manifest says which blocks had run and where the stack stood,
the run keeps the sources as they were.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Iterable, Iterator

from midrun.errors import MidrunError
from midrun.run.compare import FileEdits, StaleEdit
from midrun.run.history import History, read_frames
from midrun.source.module import Source
from midrun.store import Savepoint, StoreError

__all__ = ["StaleEdit", "back_from", "read_source", "stale_edits", "strict_choice", "told"]


def read_source(path: str) -> str | None:
    """The text of a source file on disk; None if there is none."""
    try:
        with open(path, "rb") as file:
            return importlib.util.decode_source(file.read())
    except FileNotFoundError:
        return None


def stale_edits(
    savepoint: Savepoint, read: Callable[[str], str | None] = read_source
) -> list[StaleEdit]:
    """Every edit since `savepoint`, stale ones first, then by place.

    `read` gives the text of a file as it is now. Raises SyntaxError where it has one, StoreError if
    the run's sources are damaged.
    """
    manifest = savepoint.manifest
    texts = {path: savepoint.run.source(key) for path, key in manifest["sources"].items()}
    now = {path: read(path) for path in texts}
    edited = {path: Source(path, text) for path, text in texts.items() if now[path] != text}
    frames = read_frames(manifest["stack"], edited)
    main = str(manifest["stack"][0]["file"])
    found: list[StaleEdit] = []
    for path, old in edited.items():
        text = now[path]
        if text is None:
            clause = "the file was deleted: its code goes on as it was"
            found.append(StaleEdit("MR009", path, 1, clause, os.path.basename(path), True, True))
            continue
        seen = {(line, column) for line, column in manifest["seen"].get(path, [])}
        own = [frame for frame in frames if frame.file == path]
        history = History(old, seen, own, at_line=manifest["reason"].startswith("at "))
        found += FileEdits(old, Source(path, text), history, is_main=path == main).edits()
    return sorted(set(found), key=lambda edit: (not edit.stale, edit.file, edit.line))


def strict_choice(savepoint: Savepoint) -> Savepoint:
    """`savepoint`, or the newest before it, in its run and the runs that led to it, that no edit
    makes stale.

    Raises MidrunError (slug "all-stale") if there is none, and what `stale_edits` raises.
    """
    blamed: StaleEdit | None = None
    for candidate in back_from(savepoint):
        stale = [edit for edit in stale_edits(candidate) if edit.stale]
        if not stale:
            return candidate
        blamed = blamed or stale[0]
    raise MidrunError(
        f"every savepoint up to {savepoint.spec} is stale: code that had run by then has changed "
        f"(first: {blamed}); resume without --strict, or start again with midrun run",
        slug="all-stale",
    )


def told(edits: Iterable[StaleEdit], remarks: Iterable[str] = (), limit: int = 10) -> list[str]:
    """The lines that `resume` prints: every edit and remark once, at most `limit`, then a count."""
    lines = list(dict.fromkeys([*map(str, edits), *remarks]))
    if len(lines) <= limit:
        return lines
    rest = len(lines) - limit
    return [*lines[:limit], f"and {rest} more edit{'' if rest == 1 else 's'}: midrun show"]


def back_from(savepoint: Savepoint) -> Iterator[Savepoint]:
    """`savepoint` and those before it, newest first, through the parents of its run."""
    seen: set[str] = set()
    start: Savepoint | None = savepoint
    while start is not None and start.run.id not in seen:
        seen.add(start.run.id)
        number = start.number
        yield from (s for s in reversed(start.run.savepoints()) if s.number <= number)
        parent = start.run.info.get("parent")
        try:
            start = start.run.store.savepoint(parent) if parent else None
        except StoreError:  # removed, or damaged
            return
