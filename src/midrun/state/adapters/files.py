"""Open files: opened again at the same position.

A file that is being written is cut back to its length at the savepoint, so that what runs again
writes over nothing twice. What is cut off is kept beside the run. If it has changed in the part
before that, it is put back as it was.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from midrun.state import rebuild
from midrun.state.adapters.ondisk import (
    MOST,
    begins_with,
    change,
    contents,
    describe,
    fingerprint,
    put_back,
)
from midrun.state.missing import Missing

if TYPE_CHECKING:
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry

_SAMPLE = 1 << 16


def add(registry: Registry) -> None:
    registry.register("_io.TextIOWrapper", _text)
    for name in ("FileIO", "BufferedReader", "BufferedWriter", "BufferedRandom"):
        registry.register(f"_io.{name}", _binary)


def _paths_of(obj: Any, saver: Saver) -> tuple[str, str] | None:
    """Where a file lies, and the path that it is to have, which differ if it is a copy; None if it
    is no regular one that still stands there."""
    copies = saver.session.copies
    try:
        name = os.path.join(os.getcwd(), os.fspath(obj.name))
        known = next((path for path, copy in copies.items() if copy == name), name)
        here = os.fstat(obj.fileno())
        for path, to_be in ((copies.get(os.path.realpath(known), name), known), (name, name)):
            if os.path.isfile(path) and os.path.samestat(here, os.stat(path)):
                return path, to_be
    except (OSError, TypeError, ValueError, AttributeError):
        pass
    return None


def _describe(obj: Any, paths: tuple[str, str], position: int, saver: Saver) -> dict[str, Any]:
    path, to_be = paths
    described = describe(path)
    written = obj.writable()
    return {
        **described,
        "path": to_be,
        "name": to_be if obj.name == path else obj.name,
        "position": position,
        "written": written,
        "pieces": contents(path, saver) if written and described["length"] <= MOST else None,
    }


def _binary(obj: Any, saver: Saver) -> Any:
    if obj.closed:
        return _closed_binary, (type(obj).__name__, getattr(obj, "name", None))
    if not isinstance(obj, io.FileIO) and not _plain(obj):
        return _buffered(obj)
    paths = _paths_of(obj, saver)
    if paths is None:
        return saver.give_up(obj, f"{getattr(obj, 'name', 'it')!r} is no file that stands on disk")
    if obj.writable():
        obj.flush()
    described = _describe(obj, paths, obj.tell(), saver)
    described["buffering"] = 0 if isinstance(obj, io.FileIO) else -1
    return rebuild.open_file, ("binary", obj.mode, described)


def _plain(buffer: Any) -> bool:
    """Whether what is behind a buffer is a file, not something that unpacks or stands for one."""
    return isinstance(getattr(buffer, "raw", None), io.FileIO)


def _buffered(obj: Any) -> Any:
    """A buffer over a raw stream of another kind, which is saved as the object that it is."""
    if obj.writable():
        obj.flush()
    position = obj.tell() if obj.readable() and obj.seekable() else None
    return _new_buffered, (type(obj), obj.raw, position), vars(obj)


def _new_buffered(kind: Any, raw: Any, position: int | None) -> Any:
    if type(raw) is Missing:
        return raw
    buffered = kind.__new__(kind)
    base = next(base for base in kind.__mro__ if base.__module__ == "_io")
    base.__init__(buffered, raw)
    if position is not None:
        buffered.seek(position)
    return buffered


def _text(obj: io.TextIOWrapper, saver: Saver) -> Any:
    if obj.closed:
        return _closed_text, (getattr(obj, "name", None), dict(vars(obj)))
    if not _plain(obj.buffer):
        position = tell(obj) if obj.readable() and obj.seekable() else None
        if obj.writable():
            obj.flush()
        options = (obj.encoding, obj.errors, obj.line_buffering)
        return _wrap, (obj.buffer, *options, position)
    paths = _paths_of(obj, saver)
    if paths is None:
        return saver.give_up(obj, f"{obj.name!r} is no file that stands on disk")
    position = tell(obj)  # before the flush, after which `tell()` no longer refuses, but is wrong
    if obj.writable():
        obj.flush()
    described = _describe(obj, paths, position, saver)
    described |= {
        "encoding": obj.encoding,
        "errors": obj.errors,
        "newline": _newline(obj, paths[0]),
        "line_buffering": obj.line_buffering,
        "attributes": dict(vars(obj)),
    }
    mode = getattr(obj, "mode", None) or obj.buffer.mode.replace("b", "")  # type: ignore[attr-defined]
    return rebuild.open_file, ("text", mode, described)


def _wrap(
    buffer: Any, encoding: str, errors: str, line_buffering: bool, position: int | None
) -> Any:
    if type(buffer) is Missing:
        return buffer
    file = io.TextIOWrapper(buffer, encoding, errors, line_buffering=line_buffering)
    if position is not None:
        file.seek(position)
    return file


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


def _newline(obj: io.TextIOWrapper, path: str) -> str | None:
    """The argument `newline` that the file was opened with, which no attribute tells: found from
    how a line end that is in the file is read."""
    with open(path, "rb") as file:
        first = file.readline(_SAMPLE)
    if not first.endswith(b"\r\n") or not obj.readable():
        return None
    position = obj.tell()
    obj.seek(0)
    line = obj.readline()
    obj.seek(position)
    return "" if line.endswith("\r\n") else None


def _keeping(path: str, flags: int) -> int:
    """Opens a file without emptying it, whatever the mode."""
    return os.open(path, flags & ~(os.O_TRUNC | os.O_EXCL), 0o666)


def open_again(
    kind: str, mode: str, was: dict[str, Any], keep: Callable[[str, int], None]
) -> tuple[Any, str | None]:
    """The file as it was, and what is to be reported of it. `keep(path, length)` is called before
    what follows on `length` bytes is cut off."""
    path, length = was["path"], was["length"]
    report: str | None = None
    if not was["written"]:
        report = change(was)
    elif (pieces := was["pieces"]) is None:
        if _differs(path, was):
            report = "has changed since the savepoint; the program goes on with it as it is"
    elif not os.path.exists(path) or not begins_with(path, pieces):
        report = put_back(path, pieces, keep)
    if was["written"] and os.path.getsize(path) > length and report is None:
        keep(path, length)
        os.truncate(path, length)
    if kind == "binary":
        file: Any = open(path, mode, was["buffering"], opener=_keeping)  # noqa: SIM115
        if "a" not in mode:
            file.seek(was["position"])
        _rename(file, was["name"])
        return file, report
    file = open(  # noqa: SIM115
        path,
        mode,
        1 if was["line_buffering"] else -1,
        encoding=was["encoding"],
        errors=was["errors"],
        newline=was["newline"],
        opener=_keeping,
    )
    if "a" not in mode or "+" in mode:
        file.seek(was["position"])
    vars(file).update(was["attributes"])
    _rename(file.buffer, was["name"])
    return file, report


def _differs(path: str, was: dict[str, Any]) -> bool:
    """Whether a file that was too large to be kept is other than it was."""
    if not os.path.exists(path):
        with open(path, "wb"):
            return True
    length: int = was["length"]
    return os.path.getsize(path) < length or fingerprint(path, length) != was["hash"]


def _rename(file: Any, name: Any) -> None:
    """Let the file show the name that the program opened it by."""
    raw = getattr(file, "raw", file)
    raw.name = name


def _closed_text(name: Any, attributes: dict[str, Any]) -> io.TextIOWrapper:
    file = io.TextIOWrapper(_closed_later("BufferedReader", name))
    vars(file).update(attributes)
    file.close()
    return file


def _closed_binary(kind: str, name: Any) -> Any:
    file = _closed_later(kind, name)
    file.close()
    return file


def _closed_later(kind: str, name: Any) -> Any:
    raw = io.FileIO(os.devnull, "r+")
    if name is not None:
        raw.name = name
    return raw if kind == "FileIO" else getattr(io, kind)(raw)
