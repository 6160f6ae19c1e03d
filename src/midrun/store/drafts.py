"""From the state in memory to a savepoint on disk.

`Draft.put` runs while the program stands still: it hashes, and copies what is new. Everything
else happens in the background, in this order:

1. blobs, pickle and manifest are written and synced in `savepoints/<n>.draft`;
2. the blobs are renamed into the store;
3. the folder is renamed to `savepoints/<n>`, which makes it a savepoint.

A kill at any moment leaves a draft, which nobody lists and gc removes, or a savepoint.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from midrun.store import patches, seal
from midrun.store.blobs import (
    LARGE,
    PIECE,
    digests_of,
    key_of,
    key_of_parts,
    key_of_pieces,
    length_of,
)
from midrun.store.errors import StoreError
from midrun.store.files import sync_folder, write_file, write_steps
from midrun.store.savepoint import MANIFEST, STATE, Savepoint
from midrun.store.slabs import Copy
from midrun.store.writer import OnDone, Pending, Writer

if TYPE_CHECKING:
    from midrun.store.runs import Run

USES = "uses.json"  # in a draft: the keys that gc must leave alone
_SURELY_ON_DISK = 120.0  # seconds; file systems write their journal every 5 to 30


class Held:
    """A savepoint in memory, which has no number and is lost with the process, until `write`."""

    def __init__(
        self, draft: Draft, state: bytes, manifest: dict[str, Any], on_done: OnDone | None
    ) -> None:
        self.copied = draft.copied
        """Bytes of memory that it takes, its pickle aside."""
        self._draft = draft
        self._rest = state, manifest, on_done

    def write(self) -> Pending:
        """Write it in the background, once, as the newest savepoint of its run."""
        return self._draft.write_held(*self._rest)


class Draft:
    """A savepoint on its way to disk: `put` each blob, then `finish`, `hold` or `abandon`.

    No method raises an error of the disk or of memory: `finish` hands it to its Pending. gc waits
    while a draft is between its creation and `finish` or `abandon`.
    """

    def __init__(self, run: Run, number: Callable[[], int], writer: Writer) -> None:
        """`number` gives the number of the savepoint once that is written."""
        writer.only_here()
        self.copied = 0
        """Bytes copied so far."""
        self.total = 0
        """Bytes given so far."""
        self._run = run
        self._number = number
        self._writer = writer
        self._blobs: dict[str, int] = {}
        self._copies: dict[str, Copy] = {}
        self._regions: dict[patches.Place, patches.Region] = {}
        self._fault: Exception | None = None
        self._inside = False
        self._finished = False
        try:
            writer.gate.__enter__()
            self._inside = True
        except OSError as error:
            self._fault = error

    def put(self, data: memoryview | bytes) -> str:
        """Take in the bytes of one blob (contiguous memory) and return its key.

        They are copied, unless the store has them or another draft is about to write them, so
        `data` may change as soon as this returns.
        """
        view = memoryview(data).cast("B")
        self.total += view.nbytes
        if view.nbytes < LARGE:
            return self._take(key_of(view), [view])
        return self._put_large(view)

    def _put_large(self, view: memoryview) -> str:
        digests, length = digests_of(view), view.nbytes
        place = patches.place_of(view)
        region = self._writer.regions.get(place) if place else None
        changed = region.changed(digests) if region else None
        if region is None or changed is None or not all(map(self._is_there, region.keys)):
            region = patches.Region(digests, self._take(key_of_pieces(digests, length), [view]))
        elif changed:
            runs = patches.runs_of(changed)
            parts = [view[first * PIECE : end * PIECE] for first, end in runs]
            key = self._take(key_of_parts(parts, [digests[n] for n in changed]), parts)
            region = region.patched(digests, changed, key)
        if place is not None:
            self._regions[place] = region
        for key in region.keys:
            self._take(key, [])
        if not region.others:
            return region.base
        recipe = memoryview(region.recipe(length))
        return patches.reference(self._take(key_of(recipe), [recipe]))

    def _is_there(self, key: str) -> bool:
        return self._run.store.blobs.has(key) or key in self._writer.copies

    def _take(self, key: str, parts: list[memoryview]) -> str:
        """Take in the blob that `parts` make up, unless it is there; without parts it has to be."""
        length = length_of(key)
        if key in self._blobs:
            return key
        self._blobs[key] = length
        if self._fault is not None or length == 0:
            return key
        try:
            if (copy := self._writer.copies.get(key)) is None:
                if self._run.store.blobs.has(key):
                    return key
                if not parts:
                    raise FileNotFoundError(2, "a blob of an older savepoint is gone")
                copy = self._writer.copies[key] = self._writer.pool.copy(parts)
                self.copied += length
            self._copies[key] = copy
        except (OSError, MemoryError) as error:
            self._fault = error
        return key

    def finish(
        self, state: bytes, manifest: dict[str, Any], *, on_done: OnDone | None = None
    ) -> Pending:
        """Write the savepoint in the background, with the pickle `state`; return at once.

        `manifest` is copied; anything in it that isn't JSON raises TypeError here. `on_done` gets
        the savepoint or the error, in the background thread.
        """
        manifest = self._close(manifest)
        return self._submit(state, manifest, on_done)

    def hold(
        self, state: bytes, manifest: dict[str, Any], *, on_done: OnDone | None = None
    ) -> Held:
        """Like `finish`, but nothing is written until `Held.write`."""
        manifest = self._close(manifest)
        self._leave()
        return Held(self, state, manifest, on_done)

    def write_held(self, state: bytes, manifest: dict[str, Any], on_done: OnDone | None) -> Pending:
        """See `Held.write`."""
        self._writer.only_here()
        try:
            self._writer.gate.__enter__()
            self._inside = True
        except OSError as error:
            self._fault = error
        return self._submit(state, manifest, on_done)

    def _close(self, manifest: dict[str, Any]) -> dict[str, Any]:
        self._writer.only_here()
        if self._finished:
            raise RuntimeError("the draft was finished or abandoned before")
        try:
            manifest = json.loads(json.dumps(manifest))
        except (TypeError, ValueError):
            self.abandon()
            raise
        self._finished = True
        self._writer.regions = self._regions
        return manifest | {"time": time.time(), "blobs": dict(self._blobs)}

    def _submit(self, state: bytes, manifest: dict[str, Any], on_done: OnDone | None) -> Pending:
        self.number = self._number()
        self.folder = self._run.folder / "savepoints" / f"{self.number}.draft"
        manifest["number"] = self.number
        try:
            if self._fault is None:
                self.folder.mkdir()
                (self.folder / USES).write_text(json.dumps(list(self._blobs)))
        except OSError as error:
            self._fault = error
        self._leave()
        pending = Pending(self._writer)
        self._writer.background.submit(self._job(state, manifest, on_done, pending))
        return pending

    def abandon(self) -> None:
        """Drop the draft; nothing of it remains. Does nothing after `finish`."""
        if self._inside and os.getpid() == self._writer.pid:
            self._copies.clear()
            self._leave()

    def _leave(self) -> None:
        self._finished = True
        self._writer.pool.rest()
        if self._inside:
            self._inside = False
            self._writer.gate.__exit__()

    def _job(
        self, state: bytes, manifest: dict[str, Any], on_done: OnDone | None, pending: Pending
    ) -> Iterator[None]:
        # `except Exception` and no `finally`: a forked child closes this generator, and must not
        # remove the files of its parent.
        savepoint: Savepoint | None = None
        error: Exception | None = None
        try:
            savepoint = yield from self._write(state, manifest)
        except Exception as caught:
            error = self._explain(caught)
            shutil.rmtree(self.folder, ignore_errors=True)
        self._copies.clear()
        if on_done is not None:
            try:
                on_done(savepoint, error)
            except Exception as caught:
                error = caught
        pending.settle(savepoint, error)

    def _write(self, state: bytes, manifest: dict[str, Any]) -> Generator[None, None, Savepoint]:
        if self._fault is not None:
            raise self._fault
        blobs = self._run.store.blobs
        new = [key for key in self._blobs if not blobs.has(key)]
        for key in new:
            if key not in self._copies:
                raise FileNotFoundError(2, "a blob of an older savepoint is gone", blobs.path(key))
            yield from write_steps(self.folder / key, self._copies[key].segments)
        write_file(self.folder / STATE, state)
        manifest |= {
            "state_hash": seal.state_hash(state),
            "state_bytes": len(state),
            "bytes_total": sum(self._blobs.values()) + len(state),
            "bytes_new": sum(map(length_of, new)) + len(state),
        }
        manifest["digest"] = seal.digest(manifest, seal.ensure_key(self._run.store.key_file))
        text = json.dumps(manifest, indent=1, sort_keys=True) + "\n"
        write_file(self.folder / MANIFEST, text.encode())
        sync_folder(self.folder)
        yield
        for folder in sorted({blobs.path(key).parent for key in new}):
            folder.mkdir(parents=True, exist_ok=True)
        for key in new:
            (self.folder / key).replace(blobs.path(key))
        yield
        for folder in self._unsynced(new):
            sync_folder(folder)
            yield
        whole = self.folder.with_suffix("")
        with self._writer.gate:
            (self.folder / USES).unlink()
            self.folder.rename(whole)
        sync_folder(whole.parent)
        return Savepoint(self._run, self.number, manifest)

    def _unsynced(self, new: list[str]) -> list[Path]:
        """Return the folders of blobs whose names a power cut could still lose.

        Those of the `new` blobs, and those where another process may have put one of our old ones
        a moment ago and not synced it yet. (To sync a folder costs a flush of the disk.)
        """
        blobs = self._run.store.blobs
        sure = {blobs.path(key).parent for key in new}
        old = {blobs.path(key).parent for key, length in self._blobs.items() if length} - sure
        recent = time.time() - _SURELY_ON_DISK
        young = {folder for folder in old if folder.stat().st_mtime > recent}
        return [*sorted(sure | young), *([blobs.folder] if new else [])]

    def _explain(self, error: Exception) -> Exception:
        if not isinstance(error, (OSError, MemoryError)):
            return error
        why = error.strerror if isinstance(error, OSError) else "not enough memory"
        told = StoreError(
            f"savepoint {self.number} of run {self._run.id} could not be written to "
            f"{self._run.store.folder}: {why or error}; the savepoints before it are whole",
            slug="save-failed",
        )
        told.__cause__ = error
        return told
