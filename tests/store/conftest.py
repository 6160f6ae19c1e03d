"""A store in a temporary folder, with a key of its own, and savepoints made in one call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from midrun.store import Run, Savepoint, Store

Save = Callable[..., Savepoint]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("MIDRUN_KEY_FILE", str(tmp_path / "key"))
    return Store(tmp_path / ".midrun")


@pytest.fixture
def run(store: Store) -> Iterator[Run]:
    run = store.new_run({"script": "train.py"})
    yield run
    run.close()


@pytest.fixture
def save(run: Run) -> Save:
    """save(b"blob", ..., state=b"", name=None) -> Savepoint"""

    def save(*blobs: bytes, state: bytes = b"state", name: str | None = None) -> Savepoint:
        draft = run.draft()
        keys = [draft.put(blob) for blob in blobs]
        return draft.finish(state, {"name": name, "keys": keys}).wait(10)

    return save
