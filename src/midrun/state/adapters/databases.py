"""SQLite: connections come back with the contents that their databases had.

A savepoint keeps what is committed. At the resume a file that has been written to since is put back
by SQLite itself, under its locks. While a transaction has changed a file, the savepoint is put off.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import sqlite3
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from midrun.errors import MidrunError
from midrun.state import rebuild
from midrun.state.adapters.memory import Held
from midrun.state.adapters.ondisk import (
    GONE,
    PUT_BACK,
    change,
    describe,
    keepable,
    kept,
    split,
)
from midrun.state.adapters.results import MEMORY, let_have_inserted, rows
from midrun.state.session import NotNow

if TYPE_CHECKING:
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry

_PRAGMAS = (
    "journal_mode", "foreign_keys", "busy_timeout", "synchronous", "cache_size", "temp_store",
    "recursive_triggers", "query_only", "locking_mode",
)  # fmt: skip
_OPTIONS = 32  # where detect_types is in a Connection: Modules/_sqlite/connection.h, 3.11 to 3.13
_SAME_THREAD = 48 if sys.version_info < (3, 12) else 52  # and check_same_thread
_PATIENCE = 5.0  # seconds to wait for other programs that have locked a database
_VERSIONS = slice(18, 20)  # bytes of a database that tell of its journal; the file format of SQLite


def add(registry: Registry) -> None:
    registry.register("sqlite3.Connection", _connection)


def _connection(obj: sqlite3.Connection, saver: Saver) -> Any:
    state: dict[str, Any] = {"vars": dict(getattr(obj, "__dict__", {}))}
    try:
        obj.total_changes  # noqa: B018 - refuses if it is closed
    except sqlite3.ProgrammingError as error:
        if "closed" not in str(error):
            return saver.give_up(obj, str(error))
        return _closed, (type(obj),), state, None, None, _fill
    if _has_callbacks(obj):
        return saver.give_up(obj, "it has a trace callback, an authorizer or a progress handler")
    try:
        databases = rows(obj, "PRAGMA database_list")
        paths = {name: path for _, name, path in databases if name != "temp"}
        described = {name: _database(obj, name, path, saver) for name, path in paths.items()}
        settings = {name: rows(obj, f"PRAGMA {name}")[0][0] for name in _PRAGMAS}
        _note_what_is_lost(obj, saver)
    except sqlite3.ProgrammingError as error:  # of another thread
        return saver.give_up(obj, str(error))
    except sqlite3.OperationalError as error:
        raise NotNow(f"SQLite: {error}") from error
    state |= {
        "settings": settings,
        "inserted": rows(obj, "SELECT last_insert_rowid()")[0][0],
        "transaction": obj.in_transaction,
        "isolation_level": obj.isolation_level,
        "autocommit": getattr(obj, "autocommit", None),
        "row_factory": obj.row_factory,
        "text_factory": obj.text_factory,
    }
    options = (_integer(obj, _OPTIONS), bool(_integer(obj, _SAME_THREAD)))
    made = (type(obj), described, *options, rebuild.keep, rebuild.report)
    return _connect, made, state, None, None, _fill


def _integer(connection: sqlite3.Connection, offset: int) -> int:
    return ctypes.c_int.from_address(id(connection) + offset).value


def _has_callbacks(connection: sqlite3.Connection) -> bool:
    """Whether it calls functions that can't be found again; none of what is visited but these is a
    function, except for its cache and what it makes rows and texts with."""
    known = (connection.row_factory, connection.text_factory)
    return any(
        callable(held) and not isinstance(held, type) and not hasattr(held, "cache_info")
        for held in gc.get_referents(connection)
        if not any(held is one for one in known)
    )


def _database(
    connection: sqlite3.Connection, name: str, path: str, saver: Saver
) -> tuple[str, dict[str, Any] | None, list[Held] | None]:
    """A database of a connection: its path, what its file is like, and its contents unless it is
    too large."""
    pages = rows(connection, f'PRAGMA "{name}".page_count')[0][0]
    size = pages * rows(connection, f'PRAGMA "{name}".page_size')[0][0]
    if not path:
        if connection.in_transaction:
            why = "a transaction is open; after a resume, rollback() undoes only what comes then"
            saver.note("changed", "an SQLite database in memory", why)
        image = connection.serialize(name=name) if pages else b""
        return MEMORY, None, kept(split(image), saver)
    described = describe(path) if os.path.exists(path) else None
    if not keepable(path, size, saver):
        if connection.in_transaction:
            raise NotNow(f"a transaction on {path} is open")
        return path, described, None
    return path, described, kept(split(_committed(connection, name, path, pages)), saver)


def _committed(connection: sqlite3.Connection, name: str, path: str, pages: int) -> bytes:
    image = connection.serialize(name=name) if pages else b""
    if connection.in_transaction:
        with contextlib.closing(sqlite3.connect(path, timeout=0)) as other:
            before = _image(other)
        if before != image:
            raise NotNow(f"a transaction on {path} has changed something; it can after a commit")
    return image


def _image(connection: sqlite3.Connection) -> bytes:
    pages = rows(connection, "PRAGMA page_count")[0][0]
    return connection.serialize() if pages else b""


def _note_what_is_lost(connection: sqlite3.Connection, saver: Saver) -> None:
    with contextlib.closing(sqlite3.connect(MEMORY)) as other:
        for what, query in _REGISTERED.items():
            mine = {row[0] for row in rows(connection, query)}
            lost = sorted(mine - {row[0] for row in rows(other, query)})
            if lost:
                why = f"not in the savepoint, make them anew: {', '.join(lost)}"
                saver.note("changed", f"{what} of an SQLite connection", why)


_REGISTERED = {
    "functions": "SELECT name FROM pragma_function_list WHERE NOT builtin",
    "collations": "SELECT name FROM pragma_collation_list",
    "temporary tables": "SELECT name FROM sqlite_temp_master",
}


def _connect(
    kind: type[sqlite3.Connection],
    databases: dict[str, tuple[str, dict[str, Any] | None, list[memoryview] | None]],
    detect_types: int,
    same_thread: bool,
    keep: Callable[[str, int], None],
    report: Callable[[str, str], None],
) -> sqlite3.Connection:
    for path, described, pieces in databases.values():
        if pieces is None and described is not None:
            if (changed := change(described)) is not None:
                report(path, changed)
        elif pieces is not None and path != MEMORY:
            _put_back(path, b"".join(pieces), keep, report)
    connection = kind.__new__(kind)
    sqlite3.Connection.__init__(
        connection,
        databases["main"][0],
        detect_types=detect_types,
        isolation_level=None,
        check_same_thread=same_thread,
    )
    for name, (path, _, pieces) in databases.items():
        if name != "main":
            sqlite3.Cursor(connection).execute(f'ATTACH ? AS "{name}"', (path,))
        if path == MEMORY and pieces:
            image = _without_log(b"".join(pieces))
            if name == "main":  # copied: one that is deserialized can't grow beyond 1 GiB
                with contextlib.closing(_in_memory(image)) as source:
                    source.backup(connection)
            else:
                connection.deserialize(image, name=name)
    return connection


def _without_log(image: bytes) -> bytes:
    """The same database without a write-ahead log, which one in memory can't have."""
    return image[: _VERSIONS.start] + b"\1\1" + image[_VERSIONS.stop :] if image else image


def _in_memory(image: bytes) -> sqlite3.Connection:
    connection = sqlite3.connect(MEMORY)
    if image:
        connection.deserialize(image)
    return connection


def _put_back(
    path: str,
    image: bytes,
    keep: Callable[[str, int], None],
    report: Callable[[str, str], None],
) -> None:
    """Let the file at `path` have the contents of `image`, if it has not."""
    began = time.monotonic()

    def give_up(status: int, remaining: int, total: int) -> None:
        if status not in (_OK, _DONE) and time.monotonic() - began > _PATIENCE:
            raise MidrunError(
                f"{path} has to be put back as it was at the savepoint, and another program has "
                "locked it; end that program, then resume",
                slug="file-locked",
            )

    there = os.path.exists(path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    image = _without_log(image)
    with contextlib.closing(sqlite3.connect(path)) as target:
        if _without_log(_image(target)) == image:
            return
        if there:
            rows(target, "PRAGMA wal_checkpoint(TRUNCATE)")
            keep(path, 0)
        with contextlib.closing(_in_memory(image)) as source:
            source.backup(target, progress=give_up)
    report(path, PUT_BACK if there else GONE)


_OK, _DONE = 0, 101  # results of SQLite


def _fill(connection: sqlite3.Connection, state: dict[str, Any]) -> None:
    if state["vars"]:
        vars(connection).update(state["vars"])
    if "settings" not in state:
        return
    for name, value in state["settings"].items():
        if rows(connection, f"PRAGMA {name}")[0][0] != value:
            rows(connection, f"PRAGMA {name} = {value}")
    if state["inserted"]:
        let_have_inserted(connection, state["inserted"])
    connection.row_factory = state["row_factory"]
    connection.text_factory = state["text_factory"]
    connection.isolation_level = state["isolation_level"]
    if state["autocommit"] is not None:
        connection.autocommit = state["autocommit"]  # type: ignore[attr-defined]
    if state["transaction"] and not connection.in_transaction:
        sqlite3.Cursor(connection).execute("BEGIN")


def _closed(kind: type[sqlite3.Connection]) -> sqlite3.Connection:
    connection = kind.__new__(kind)
    sqlite3.Connection.__init__(connection, MEMORY)
    connection.close()
    return connection
