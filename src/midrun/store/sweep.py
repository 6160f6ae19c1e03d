"""gc: deleting what no savepoint needs, while runs of the same project go on saving.

The danger is a blob that a draft has just found in the store, and relies on, while gc holds it
for garbage. Three rules exclude that:

- a draft holds the store's gate (shared) from before its first look for a blob until it has
  written the list of its blobs into its folder; so that list is complete before gc can look;
- a draft becomes a savepoint under the gate too, so it is always seen as one or the other;
- gc deletes only while it holds the gate alone, and after reading all those lists.

To keep runs from waiting, gc reads the manifests without the gate, and deletes in small batches;
for each it reads what has come since.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from midrun.store.drafts import USES
from midrun.store.errors import StoreError
from midrun.store.files import GONE, measure
from midrun.store.locks import FileLock, is_held
from midrun.store.runs import LOCK, Run
from midrun.store.savepoint import MANIFEST, read_manifest

if TYPE_CHECKING:
    from midrun.store.store import Store

_BATCH = 200  # files deleted while drafts wait: some milliseconds
_PATIENCE = 30.0  # seconds to wait for the gate
_YOUNG = 3600.0  # seconds for which the folder of a run in the making is left alone


def sweep(store: Store) -> tuple[int, int]:
    """Delete unneeded blobs and dead drafts; return how many files and bytes that freed.

    Raises StoreError "store-busy" if drafts kept the gate closed all the time.
    """
    if not store.folder.exists():
        return 0, 0
    counts = [_remove(folder) for folder in _dead_folders(store)]
    known: dict[Path, set[str]] = {}
    needed = _needed(store, known)
    garbage = [key for key in store.blobs if key not in needed]
    gate = FileLock(store.folder / "gate")
    try:
        for start in range(0, len(garbage), _BATCH):
            if not gate.take_within(_PATIENCE):
                raise StoreError(
                    f"runs in {store.folder} are saving without a pause; try gc again later",
                    slug="store-busy",
                )
            needed = _needed(store, known)
            for key in garbage[start : start + _BATCH]:
                if key not in needed:
                    counts.append(_unlink(store.blobs.path(key)))
            gate.release()
    finally:
        gate.close()
    return sum(files for files, _ in counts), sum(size for _, size in counts)


def _needed(store: Store, known: dict[Path, set[str]]) -> set[str]:
    """Return the keys that savepoints and live drafts rely on; `known` saves reading twice."""
    needed: set[str] = set()
    for run in store.runs():
        for number in run.numbers():
            folder = run.folder / "savepoints" / str(number)
            if folder not in known:
                try:
                    known[folder] = set(read_manifest(folder / MANIFEST)["blobs"])
                except (
                    ValueError,
                    FileNotFoundError,
                ):  # damaged: it can't be loaded whatever we keep
                    known[folder] = set()
            needed |= known[folder]
        for folder in _drafts(run):
            # A draft that fails removes its folder while we look.
            with contextlib.suppress(FileNotFoundError, ValueError):
                needed.update(json.loads((folder / USES).read_bytes()))
    return needed


def _drafts(run: Run) -> list[Path]:
    return sorted((run.folder / "savepoints").glob("*.draft"))


def _dead_folders(store: Store) -> Iterator[Path]:
    """Folders that a kill has left: of drafts, of runs in the making, of things removed."""
    now = time.time()
    for run in store.runs():
        if not run.alive:
            yield from _drafts(run)
        yield from (run.folder / "savepoints").glob(f"{GONE}*")
    yield from (store.folder / "runs").glob(f"{GONE}*")
    for folder in (store.folder / "runs").glob(".new-*"):
        with contextlib.suppress(FileNotFoundError):
            if not is_held(folder / LOCK) and now - folder.stat().st_mtime > _YOUNG:
                yield folder


def _remove(folder: Path) -> tuple[int, int]:
    with contextlib.suppress(FileNotFoundError):
        counts = measure(folder)
        shutil.rmtree(folder, ignore_errors=True)
        return counts
    return 0, 0


def _unlink(path: Path) -> tuple[int, int]:
    with contextlib.suppress(FileNotFoundError):
        size = path.stat().st_size
        os.unlink(path)
        return 1, size
    return 0, 0
