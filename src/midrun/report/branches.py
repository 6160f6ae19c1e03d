"""What differs between a run and the one that it continues."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from midrun.report.words import place
from midrun.store import Run, StoreError


@dataclass
class SourceEdit:
    """A file that was edited before the run went on: lines `added` and `removed`, and the unified
    `diff`. `name` is its path below the project's root."""

    file: str
    name: str
    added: int
    removed: int
    diff: str


def edits_of(run: Run) -> list[SourceEdit]:
    """The files in which `run` differs from the savepoint that it continues, by name; none for a
    run that continues nothing, or of which it is not known (it was killed before its first
    savepoint, or its parent was removed)."""
    parent = run.info.get("parent")
    if not parent:
        return []
    before_run, _, number = parent.partition(":")
    try:
        before = run.store.run(before_run)
        old, new = _sources(before, number), _sources(run, "")
        return [
            _edit(path, before.source(old[path]), run.source(new[path]), run)
            for path in sorted(old.keys() & new.keys())
            if old[path] != new[path]
        ]
    except StoreError:
        return []


def _sources(run: Run, number: str) -> dict[str, str]:
    """The keys of a run's sources by path: at that savepoint, or else the newest that are kept."""
    savepoints = run.savepoints()
    chosen = [s for s in savepoints if str(s.number) == number]
    found = [] if chosen else [run.end.get("sources")]
    found += [s.manifest.get("sources") for s in chosen or reversed(savepoints)]
    return next((dict(sources) for sources in found if sources), {})


def _edit(path: str, old: str, new: str, run: Run) -> SourceEdit:
    roots = run.info.get("roots")
    name = place(path, None, None, str(roots[0]) if roots else None)
    lines = list(
        difflib.unified_diff(
            old.splitlines(), new.splitlines(), f"a/{name}", f"b/{name}", lineterm=""
        )
    )
    added = sum(line.startswith("+") for line in lines[2:])
    removed = sum(line.startswith("-") for line in lines[2:])
    return SourceEdit(path, name, added, removed, "\n".join(lines))
