"""Writing files so that they are whole or not there, and removing folders likewise."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

GONE = ".gone-"


def write_all(fd: int, data: bytes | memoryview) -> None:
    """Write all of `data`; os.write may take less than it was given (at most 2 GiB on Linux)."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]


def write_steps(path: Path, segments: Sequence[bytes | memoryview]) -> Iterator[None]:
    """Write `segments` to the new file `path` and sync it, pausing between segments.

    Each segment is synced by itself, so that no step takes longer than one segment does.
    """
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        for segment in segments:
            write_all(fd, segment)
            os.fsync(fd)
            yield
    finally:
        os.close(fd)


def write_file(path: Path, data: bytes) -> None:
    """Write `data` to the new file `path` and sync it."""
    for _ in write_steps(path, [data]):
        pass


def replace_file(path: Path, data: bytes) -> None:
    """Make `data` the contents of `path`: a reader sees the old ones or the new ones, whole."""
    draft = path.with_name(f".{path.name}.{os.getpid()}-{os.urandom(4).hex()}")
    try:
        write_file(draft, data)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` last through a power cut."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def remove_folder(folder: Path) -> None:
    """Remove `folder` at once for every reader: it is renamed away, then deleted at leisure.

    A kill between the two leaves a folder whose name begins with GONE, which gc deletes.
    """
    away = folder.with_name(f"{GONE}{folder.name}-{os.urandom(4).hex()}")
    folder.rename(away)
    sync_folder(folder.parent)
    shutil.rmtree(away, ignore_errors=True)


def measure(folder: Path) -> tuple[int, int]:
    """Return (files, bytes) below `folder`."""
    sizes = [p.lstat().st_size for p in folder.rglob("*") if not p.is_dir()]
    return len(sizes), sum(sizes)
