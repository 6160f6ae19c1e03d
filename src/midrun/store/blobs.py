"""Blobs: the content-addressed files that all savepoints of a store share.

A blob's key is the XXH3-128 of its bytes and its length. The hash finds equal bytes and damage;
it is no defence against malice, so a blob must never hold anything that is executed on loading.
Empty blobs have a key but no file, since an empty file can't be mapped. The hash of a large blob is
that of the hashes of its pieces, since these are wanted too (see `patches`).
"""

from __future__ import annotations

import mmap
import os
import re
from collections.abc import Iterator
from pathlib import Path

import xxhash

LARGE = 32 << 20  # bytes
PIECE = 512 << 10  # bytes
_KEY = re.compile(r"[0-9a-f]{32}-(0|[1-9][0-9]*)")


def key_of(data: bytes | memoryview) -> str:
    """Return the key of contiguous `data`."""
    length = memoryview(data).nbytes
    if length >= LARGE:
        return key_of_pieces(digests_of(memoryview(data).cast("B")), length)
    return f"{xxhash.xxh3_128_hexdigest(data)}-{length}"


def digests_of(data: memoryview) -> list[bytes]:
    """The hash of each piece of `data` (format B)."""
    return [
        xxhash.xxh3_128_digest(data[start : start + PIECE])
        for start in range(0, data.nbytes, PIECE)
    ]


def key_of_pieces(digests: list[bytes], length: int) -> str:
    """Return the key of a large blob of `length` bytes, from the hashes of its pieces."""
    return f"{xxhash.xxh3_128_hexdigest(b''.join(digests))}-{length}"


def key_of_parts(parts: list[memoryview], digests: list[bytes]) -> str:
    """Return the key of `parts`, one after another, from their bytes or the hashes of their pieces,
    of which only the last may be a short one."""
    length = sum(part.nbytes for part in parts)
    if length >= LARGE:
        return key_of_pieces(digests, length)
    hasher = xxhash.xxh3_128()
    for part in parts:
        hasher.update(part)
    return f"{hasher.hexdigest()}-{length}"


def is_key(text: str) -> bool:
    """Whether `text` has the form of a key (manifests from elsewhere may hold anything)."""
    return _KEY.fullmatch(text) is not None


def length_of(key: str) -> int:
    """Return the length in bytes of the blob with this key."""
    return int(key.rpartition("-")[2])


class Blobs:
    """The folder of blobs: <2 hex digits>/<key>."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._root = str(folder)

    def path(self, key: str) -> Path:
        """Return where the blob is, or would be."""
        return self.folder / key[:2] / key

    def fault(self, key: str) -> str | None:
        """Say what is wrong with the blob at a glance (missing, wrong length), None if nothing."""
        length = length_of(key)
        if length == 0:
            return None
        try:
            # A plain string: this runs once per array while the program stands still.
            size = os.stat(f"{self._root}/{key[:2]}/{key}").st_size
        except FileNotFoundError:
            return "is missing"
        return None if size == length else f"has {size} bytes instead of {length}"

    def has(self, key: str) -> bool:
        """Whether the blob is there with its length; a truncated one counts as absent."""
        return self.fault(key) is None

    def open(self, key: str) -> memoryview:
        """Map the blob privately: writable, without an effect on the file.

        Raises FileNotFoundError, or ValueError if the file is shorter than it should be.
        """
        length = length_of(key)
        if length == 0:
            return memoryview(bytearray())
        fd = os.open(self.path(key), os.O_RDONLY)
        try:
            return memoryview(mmap.mmap(fd, length, access=mmap.ACCESS_COPY))
        finally:
            os.close(fd)

    def verify(self, key: str) -> bool:
        """Whether the blob is there and its bytes still have its hash."""
        return self.has(key) and key_of(self.open(key)) == key

    def __iter__(self) -> Iterator[str]:
        """All keys on disk."""
        for folder in sorted(self.folder.glob("[0-9a-f][0-9a-f]")):
            yield from sorted(filter(is_key, os.listdir(folder)))
