"""Which savepoint no edit makes stale: what `midrun resume --strict` takes."""

from __future__ import annotations

from collections.abc import Iterator

from midrun.errors import MidrunError
from midrun.report.details import edits_since
from midrun.store import Savepoint, StoreError


def newest_fresh(savepoint: Savepoint) -> Savepoint:
    """`savepoint`, or the newest before it, in its run and the runs that led to it, that no edit
    makes stale.

    Raises MidrunError "all-stale" if there is none.
    """
    for candidate in _back_from(savepoint):
        if not any(edit.stale for edit in edits_since(candidate)):
            return candidate
    raise MidrunError(
        f"every savepoint up to {savepoint.spec} is stale: code that had run by then has changed; "
        "midrun show says which; without --strict it is resumed all the same",
        slug="all-stale",
    )


def _back_from(savepoint: Savepoint) -> Iterator[Savepoint]:
    """`savepoint` and those before it, newest first, through the parents of its run."""
    seen = set()
    start: Savepoint | None = savepoint
    while start is not None and start.run.id not in seen:
        seen.add(start.run.id)
        yield from (s for s in reversed(start.run.savepoints()) if s.number <= start.number)
        start = _parent(start)


def _parent(savepoint: Savepoint) -> Savepoint | None:
    spec = savepoint.run.info.get("parent")
    try:
        return savepoint.run.store.savepoint(spec) if spec else None
    except StoreError:  # removed, or damaged
        return None
