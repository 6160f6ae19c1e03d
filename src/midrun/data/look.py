"""One look at one file: opened once, read to its end, and never changed."""

from __future__ import annotations

import io
import os
import stat
import time
from collections.abc import Callable
from typing import BinaryIO

import xxhash

from midrun.data import kinds
from midrun.data.finding import Finding
from midrun.data.formats import reader
from midrun.data.libraries import MissingError
from midrun.data.source import DefectError, Looked, Source
from midrun.data.walking import special

_AT_ONCE = 1 << 20  # bytes of a file that is read into memory
_SAMPLE = 1 << 16  # bytes of each of three pieces of larger ones that are hashed
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0)


def look_at(path: str) -> Looked:
    """Look at a file. What is wrong with it is in `findings`; nothing is raised for it."""
    began = time.perf_counter()
    looked = Looked(path)
    try:
        # Were it a pipe by now, it would open at once with O_NONBLOCK, and is told below.
        file = os.open(path, _FLAGS)
    except FileNotFoundError:
        _enter(looked, "vanished", "was there when the folder was listed")
    except PermissionError:
        _enter(looked, "no-permission", "can't be opened by this user")
    except OSError as error:
        _enter(looked, "unreadable", f"can't be opened: {error.strerror}")
    else:
        try:
            _look(looked, file)
        except OSError as error:
            _enter(looked, "unreadable", f"reading it failed: {error.strerror or error}")
        finally:
            os.close(file)
    looked.seconds = time.perf_counter() - began
    return looked


def digest_of(path: str) -> bytes:
    """The digest of the whole of a file, b"" if it can't be read."""
    digest = xxhash.xxh3_128()
    try:
        with open(path, "rb", 0) as file:
            while block := file.read(_AT_ONCE):
                digest.update(block)
    except OSError:
        return b""
    return digest.digest()


def _look(looked: Looked, file: int) -> None:
    status = os.fstat(file)
    if not stat.S_ISREG(status.st_mode):
        _enter(looked, "special-file", f"is {special(status.st_mode) or 'no file'} by now")
        return
    looked.size = size = status.st_size
    if not size:
        if kinds.by_name(looked.path):  # else it may be meant so, as .gitkeep
            _enter(looked, "empty", "has no bytes")
    elif size <= _AT_ONCE:
        data = os.read(file, size)
        looked.digest = xxhash.xxh3_128_digest(data)
        opened: BinaryIO = io.BytesIO(data)
        look_into(Source(looked.path, looked.path, size, opened, looked), data[: kinds.HEAD])
    else:
        looked.digest, looked.sampled = _sample(file, size), True
        head = os.pread(file, kinds.HEAD, 0)
        with open(file, "rb", _AT_ONCE, closefd=False) as opened:
            look_into(Source(looked.path, looked.path, size, opened, looked), head)


def look_into(source: Source, head: bytes) -> None:
    """Look into what is open, which begins with `head`. Enters what is wrong."""
    form, rule, words = kinds.judge(source.name, head)
    if rule:
        source.found(rule, f"is {words}")
    source.looked.format = form
    if form:
        _guarded(source, reader(form))


def _guarded(source: Source, read: Callable[[Source], None]) -> None:
    """Libraries raise errors of any type for damaged files, and one file must not end the look at
    the others."""
    try:
        read(source)
    except DefectError as error:
        source.found(error.rule, error.message, evidence=error.evidence)
    except MissingError as error:
        source.looked.library = error.library
    except MemoryError:
        source.found("bomb", "takes more memory than there is")
    except Exception as error:
        text = " ".join(str(error).split())[:200]
        source.found("unreadable", "can't be decoded", evidence=f"{type(error).__name__}: {text}")


def _sample(file: int, size: int) -> bytes:
    digest = xxhash.xxh3_128()
    for at in (0, size // 2, size - _SAMPLE):
        digest.update(os.pread(file, _SAMPLE, at))
    return digest.digest()


def _enter(looked: Looked, rule: str, message: str) -> None:
    looked.findings.append(Finding(rule, looked.path, message))
