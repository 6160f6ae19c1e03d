"""Open files: opened again at the same position.

A file that is being written is cut back to its length at the savepoint, so that what runs again
writes over nothing twice. What is cut off is kept beside the run. A file that has changed in the
part before that is reported.
"""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, Any

import xxhash

from midrun.state import rebuild

if TYPE_CHECKING:
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry

_SAMPLE = 1 << 16


def add(registry: Registry) -> None:
    registry.register("_io.TextIOWrapper", _text)
    for name in ("FileIO", "BufferedReader", "BufferedWriter", "BufferedRandom"):
        registry.register(f"_io.{name}", _binary)


def fingerprint(path: str, length: int) -> str:
    """A hash of the beginning and the end of the first `length` bytes of a file."""
    digest = xxhash.xxh3_128()
    with open(path, "rb") as file:
        digest.update(file.read(min(length, _SAMPLE)))
        if length > _SAMPLE:
            file.seek(max(_SAMPLE, length - _SAMPLE))
            digest.update(file.read(min(_SAMPLE, length - file.tell())))
    return digest.hexdigest()


def _path_of(obj: Any) -> str | None:
    """The path of a file that is a regular one and still stands there, else None."""
    try:
        path = os.path.join(os.getcwd(), os.fspath(obj.name))
        here, there = os.fstat(obj.fileno()), os.stat(path)
    except (OSError, TypeError, ValueError, AttributeError):
        return None
    if not os.path.isfile(path) or not os.path.samestat(here, there):
        return None
    return path


def _describe(obj: Any, path: str, position: int) -> dict[str, Any]:
    length = os.path.getsize(path)
    written = obj.writable()
    return {
        "path": path,
        "name": obj.name,
        "position": position,
        "length": length,
        "written": written,
        "hash": fingerprint(path, length),
    }


def _binary(obj: Any, saver: Saver) -> Any:
    if obj.closed:
        return _closed_binary, (type(obj), getattr(obj, "name", "?"))
    path = _path_of(obj)
    if path is None:
        return saver.give_up(obj, f"{getattr(obj, 'name', 'it')!r} is no file that stands on disk")
    if obj.writable():
        obj.flush()
    described = _describe(obj, path, obj.tell())
    return rebuild.open_file, ("binary", _again(obj.mode), described)


def _text(obj: io.TextIOWrapper, saver: Saver) -> Any:
    if obj.closed:
        return _closed_text, (getattr(obj, "name", "?"),)
    path = _path_of(obj)
    if path is None:
        if isinstance(getattr(obj, "name", None), int | str):
            why = f"{obj.name!r} is no file that stands on disk"
        else:
            why = "it wraps something that is no file on disk"
        return saver.give_up(obj, why)
    if obj.writable():
        obj.flush()
    described = _describe(obj, path, tell(obj))
    described |= {
        "encoding": obj.encoding,
        "errors": obj.errors,
        "newline": _newline(obj),
        "line_buffering": obj.line_buffering,
    }
    mode = _again(getattr(obj, "mode", obj.buffer.mode))  # type: ignore[attr-defined]
    return rebuild.open_file, ("text", mode, described)


def tell(file: io.TextIOWrapper) -> int:
    """The position of a text file, also inside `for line in file`, where `tell()` refuses.

    There it is found from how much text is left: all is read twice, once from here and once from
    the beginning, and the file ends where it was.
    """
    try:
        return file.tell()
    except OSError:
        left = len(file.read())
        file.seek(0)
        total = len(file.read())
        file.seek(0)
        file.read(total - left)
        return file.tell()


def _newline(obj: io.TextIOWrapper) -> str | None:
    # The argument `newline` is kept in no attribute of the C type; what has been read tells some.
    return getattr(obj, "_midrun_newline", None)


def _again(mode: str) -> str:
    """The mode that opens a file for the same use without emptying it."""
    plain = mode.replace("b", "").replace("t", "").replace("U", "")
    return {"w": "r+", "x": "r+", "w+": "r+", "x+": "r+", "rb+": "r+"}.get(plain, plain or "r")


def _closed_text(name: Any) -> io.TextIOWrapper:
    file = io.TextIOWrapper(io.BytesIO())
    file.close()
    return file


def _closed_binary(kind: Any, name: Any) -> Any:
    file = io.BufferedReader(io.FileIO(os.devnull))  # of any kind: a closed file only refuses
    file.close()
    return file
