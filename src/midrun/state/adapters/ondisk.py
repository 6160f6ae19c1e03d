"""Files on disk as a part of the state: what is only read is checked at the resume, what is written
in place is kept with the savepoint and put back.

A file to which more and more is appended is cut back (see `files`). The formats of databases and
arrays are changed anywhere in the file, so that only a copy can bring back what they were.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import xxhash

from midrun.errors import MidrunError
from midrun.state import rebuild
from midrun.state.adapters.memory import Held

if TYPE_CHECKING:
    from midrun.state.pickling import Saver

MOST = 256 << 20
"""Files of more bytes are not kept with a savepoint."""

_PIECE = 4 << 20  # of a file that is kept: only those that have changed are written again
_SAMPLE = 1 << 16
_KNOWN = 1  # where a Saver's `memory` keeps the files it has met: no object lies at this address

Keep = Callable[[str, int], None]
Report = Callable[[str, str], None]


def fingerprint(path: str, length: int) -> str:
    """A hash of the beginning and the end of the first `length` bytes of a file."""
    digest = xxhash.xxh3_128()
    with open(path, "rb") as file:
        digest.update(file.read(min(length, _SAMPLE)))
        if length > _SAMPLE:
            file.seek(max(_SAMPLE, length - _SAMPLE))
            digest.update(file.read(min(_SAMPLE, length - file.tell())))
    return digest.hexdigest()


def describe(path: str) -> dict[str, Any]:
    """What `change` compares a file with."""
    found = os.stat(path)
    return {
        "path": path,
        "length": found.st_size,
        "time": found.st_mtime_ns,
        "hash": fingerprint(path, found.st_size),
    }


def change(was: dict[str, Any]) -> str | None:
    """How a file that is only read differs from what it was, in words; None if it does not.

    Raises MidrunError if it is gone.
    """
    path, length = was["path"], was["length"]
    if not os.path.exists(path):
        raise MidrunError(
            f"{path} was open for reading at the savepoint and is gone; put it back, or resume "
            "from a savepoint before it was opened",
            slug="file-gone",
        )
    now = os.stat(path)
    if now.st_size < length or fingerprint(path, length) != was["hash"]:
        return "has changed since the savepoint; the program goes on with it as it is"
    # The hash covers small files as a whole.
    if length > 2 * _SAMPLE and now.st_size == length and now.st_mtime_ns != was["time"]:
        return (
            "has been written to since the savepoint (its time says so; its size, beginning and "
            "end are the same); the program goes on with it as it is"
        )
    return None


class OnDisk:
    """A file that an adapter's object has open; comes back as its path, once for all objects.

    `pieces` are its contents; None for one that is checked only.
    """

    def __init__(self, described: dict[str, Any], pieces: list[Held] | None) -> None:
        self._described = described
        self._pieces = pieces

    def __reduce__(self) -> Any:
        if self._pieces is None:
            return _checked, (self._described, rebuild.report)
        return _put_back, (self._described["path"], self._pieces, rebuild.keep, rebuild.report)


def on_disk(path: str, saver: Saver, *, written: bool) -> OnDisk:
    """The file at `path`, of which all that was written has been flushed."""
    path = os.path.abspath(path)
    known = saver.memory.setdefault(_KNOWN, {})
    if (path, written) not in known:
        described = describe(path)
        pieces = None
        if written and keepable(path, described["length"], saver):
            pieces = contents(path, saver)
        known[path, written] = OnDisk(described, pieces)
    found: OnDisk = known[path, written]
    return found


def keepable(path: str, length: int, saver: Saver) -> bool:
    """Whether a file that is being written is small enough to be kept; if not, this is noted."""
    if length > MOST:
        why = (
            f"it is being written and too large to be kept ({length >> 20} MiB); what the program "
            "writes after the savepoint is still in it at a resume"
        )
        saver.note("changed", path, why)
    return length <= MOST


def contents(path: str, saver: Saver) -> list[Held]:
    """What a file holds, in pieces that come back as buffers."""
    with open(path, "rb") as file:
        return kept(iter(lambda: file.read(_PIECE), b""), saver)


def kept(pieces: Iterable[bytes], saver: Saver) -> list[Held]:
    """Contents that are saved; come back as a list of buffers."""
    return [Held(saver, memoryview(piece), None) for piece in pieces]


def split(data: bytes) -> Iterable[bytes]:
    """`data` in the pieces in which it is kept."""
    return (data[start : start + _PIECE] for start in range(0, len(data), _PIECE))


def _checked(was: dict[str, Any], report: Report) -> str:
    path: str = was["path"]
    if (changed := change(was)) is not None:
        report(path, changed)
    return path


def _put_back(path: str, pieces: list[memoryview], keep: Keep, report: Report) -> str:
    if not os.path.exists(path) or not _same(path, pieces):
        report(path, put_back(path, pieces, keep))
    return path


def _same(path: str, pieces: list[memoryview]) -> bool:
    length = sum(piece.nbytes for piece in pieces)
    return os.path.getsize(path) == length and begins_with(path, pieces)


def put_back(path: str, pieces: list[memoryview], keep: Keep) -> str:
    """Give a file the contents that it had, and keep those that it has; what to report of it."""
    if not os.path.exists(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        _write(path, pieces)
        return GONE
    keep(path, 0)
    temporary = f"{path}.midrun-{os.getpid()}"
    _write(temporary, pieces)
    shutil.copymode(path, temporary)
    os.replace(temporary, path)
    return PUT_BACK


GONE = "is gone; it is put back as it was at the savepoint"
PUT_BACK = (
    "has been written to since the savepoint; it is put back as it was then, and what it was just "
    "now is kept in the run's folder `cut`"
)


def _write(path: str, pieces: list[memoryview]) -> None:
    with open(path, "wb") as file:
        file.writelines(pieces)


def begins_with(path: str, pieces: list[memoryview]) -> bool:
    """Whether the contents that were kept are still there, at the beginning of a file."""
    with open(path, "rb") as file:
        return all(file.read(piece.nbytes) == piece for piece in pieces)
