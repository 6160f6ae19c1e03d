"""A run on disk: what it is, what happened in it, its sources, its savepoints."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xxhash

from midrun.store.drafts import Draft
from midrun.store.errors import StoreError
from midrun.store.files import remove_folder, replace_file
from midrun.store.locks import FileLock, is_held
from midrun.store.savepoint import MANIFEST, Savepoint, read_manifest
from midrun.store.writer import Writer

if TYPE_CHECKING:
    from midrun.store.store import Store

INFO = "run.json"
END = "end.json"
LOCK = "lock"


class Run:
    """One run of a store. Only the process that made it can save into it."""

    def __init__(self, store: Store, folder: Path) -> None:
        """Read an existing run; one whose run.json can't be read has an `info` of id and time."""
        self.store = store
        self.folder = folder
        self.id = folder.name
        self.info: dict[str, Any] = {"id": self.id, "parent": None}
        try:
            self.info |= json.loads((folder / INFO).read_bytes())
        except (FileNotFoundError, ValueError, TypeError):
            with contextlib.suppress(FileNotFoundError):
                self.info["started"] = folder.stat().st_mtime
        self._guard = threading.Lock()
        self._lock: FileLock | None = None
        self._writer: Writer | None = None
        self._next = 1

    def own(self, lock: FileLock) -> None:
        """Make this object the one that saves; `lock` is the run's, held."""
        lock.forget_in_children()
        self._lock, self._writer = lock, Writer(self.store.gate())

    @property
    def started(self) -> float:
        """When it started (unix time)."""
        return float(self.info.get("started", 0.0))

    @property
    def alive(self) -> bool:
        """Whether the process that made this run still runs (its forked children don't count)."""
        return is_held(self.folder / LOCK)

    def close(self) -> None:
        """Wait for what is being written, and end the run. The end of the process does the same."""
        if self._writer is not None:
            self._writer.background.join()
            self._writer.pool.clear()
            self._writer = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def update(self, **changes: Any) -> None:
        """Merge `changes` into `info` and run.json. Raises OSError if the disk does not take it."""
        with self._guard:
            info = self.info | changes
            replace_file(self.folder / INFO, dump(info))
            self.info = info

    def note_end(self, facts: dict[str, Any]) -> None:
        """Keep what is known at the end of the run. Raises OSError."""
        replace_file(self.folder / END, dump(facts))

    @property
    def end(self) -> dict[str, Any]:
        """What `note_end` kept; empty of a run that goes on, or was killed."""
        try:
            end = json.loads((self.folder / END).read_bytes())
        except (FileNotFoundError, ValueError):
            return {}
        return end if isinstance(end, dict) else {}

    def log(self, *events: dict[str, Any]) -> None:
        """Append events to the log, with the time (unix) unless they have one. Raises OSError."""
        now = time.time()
        line = b"".join(json.dumps({"time": now, **event}).encode() + b"\n" for event in events)
        fd = os.open(self.folder / "log.jsonl", os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
        try:
            size = os.fstat(fd).st_size
            if size and os.pread(fd, 1, size - 1) != b"\n":
                line = b"\n" + line  # what was torn stays by itself
            os.write(fd, line)
        finally:
            os.close(fd)

    def events(self, kind: str | None = None) -> list[dict[str, Any]]:
        """Return the logged events in order, or those whose "event" is `kind`, without lines that a
        kill or a full disk tore."""
        # As `log` writes it: the many lines of other events need not be parsed.
        mark = b"" if kind is None else f'"event": {json.dumps(kind)}'.encode()
        events = []
        with contextlib.suppress(FileNotFoundError):
            for line in (self.folder / "log.jsonl").read_bytes().splitlines():
                if mark not in line:
                    continue
                with contextlib.suppress(ValueError):
                    event = json.loads(line)
                    if isinstance(event, dict) and kind in (None, event.get("event")):
                        events.append(event)
        return events

    def keep_source(self, text: str) -> str:
        """Keep a source file as it is now, once; return the key for `source`. Raises OSError."""
        data = text.encode("utf-8", "surrogatepass")
        key = xxhash.xxh3_128_hexdigest(data)
        path = self.folder / "sources" / f"{key}.py"
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            replace_file(path, data)
        return key

    def source(self, key: str) -> str:
        """Return a source that was kept. Raises StoreError "unknown-source"."""
        try:
            if not key.isalnum():
                raise FileNotFoundError(key)
            data = (self.folder / "sources" / f"{key}.py").read_bytes()
        except FileNotFoundError as error:
            raise StoreError(
                f"run {self.id} has kept no source {key!r}; was its folder copied in part?",
                slug="unknown-source",
            ) from error
        return data.decode("utf-8", "surrogatepass")

    def keep_tail(self, path: str, length: int) -> None:
        """Keep what a file has beyond `length` bytes, which a resume is about to cut off. Raises
        OSError."""
        folder = self.folder / "cut"
        folder.mkdir(exist_ok=True)
        name = f"{len(list(folder.iterdir()))}-{os.path.basename(path)}"
        with open(path, "rb") as file, open(folder / name, "wb") as kept:
            file.seek(length)
            shutil.copyfileobj(file, kept)

    def savepoints(self) -> list[Savepoint]:
        """Return the savepoints by number, without those whose manifest can't be read."""
        found = []
        for number in self.numbers():
            path = self.folder / "savepoints" / str(number) / MANIFEST
            with contextlib.suppress(ValueError, FileNotFoundError):
                found.append(Savepoint(self, number, read_manifest(path)))
        return found

    def numbers(self) -> list[int]:
        """Return the numbers of all savepoints, ascending."""
        try:
            names = os.listdir(self.folder / "savepoints")
        except FileNotFoundError:
            return []
        return sorted(int(name) for name in names if name.isascii() and name.isdecimal())

    def remove_savepoint(self, number: int) -> bool:
        """Remove a savepoint, all at once for every reader; return False if one is loading it."""
        folder = self.folder / "savepoints" / str(number)
        lock = None
        try:
            with contextlib.suppress(FileNotFoundError):  # damaged: there is nothing to load
                lock = FileLock(folder / MANIFEST, create=False)
                if not lock.take(wait=False):
                    return False
            with contextlib.suppress(FileNotFoundError):  # another process was faster
                remove_folder(folder)
        finally:
            if lock is not None:
                lock.close()
        return True

    def draft(self) -> Draft:
        """Begin the next savepoint. Raises StoreError "forked", or "not-this-run"."""
        if self._writer is None:
            raise StoreError(
                f"run {self.id} belongs to another process, or has ended; start a new run",
                slug="not-this-run",
            )
        return Draft(self, self._take_number, self._writer)

    def make_room(self, length: int) -> None:
        """Get memory for copies of `length` bytes in the background: no draft waits for it."""
        if self._writer is not None and self._writer.pool.lacks(length):
            self._writer.background.submit(self._writer.pool.fetch(length))

    def _take_number(self) -> int:
        number, self._next = self._next, self._next + 1
        return number


def dump(info: dict[str, Any]) -> bytes:
    """Return the text of a run.json."""
    return (json.dumps(info, indent=1, sort_keys=True) + "\n").encode()
