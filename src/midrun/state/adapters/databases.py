"""SQLite: connections come back with the contents that their databases had, cursors with their
results.

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
from midrun.state.missing import Missing
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
_MEMORY = ":memory:"


def add(registry: Registry) -> None:
    registry.register("sqlite3.Connection", _connection)
    registry.register("sqlite3.Cursor", _cursor)
    registry.register("sqlite3.Row", _row)


def _rows(connection: sqlite3.Connection, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query, whatever row factory the connection has; text comes as `str`."""
    factory, connection.text_factory = connection.text_factory, str
    try:
        return sqlite3.Cursor(connection).execute(sql).fetchall()
    finally:
        connection.text_factory = factory


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
        databases = _rows(obj, "PRAGMA database_list")
        paths = {name: path for _, name, path in databases if name != "temp"}
        described = {name: _database(obj, name, path, saver) for name, path in paths.items()}
        settings = {name: _rows(obj, f"PRAGMA {name}")[0][0] for name in _PRAGMAS}
        _note_what_is_lost(obj, saver)
    except sqlite3.ProgrammingError as error:  # of another thread
        return saver.give_up(obj, str(error))
    except sqlite3.OperationalError as error:
        raise NotNow(f"SQLite: {error}") from error
    state |= {
        "settings": settings,
        "inserted": _rows(obj, "SELECT last_insert_rowid()")[0][0],
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
    pages = _rows(connection, f'PRAGMA "{name}".page_count')[0][0]
    size = pages * _rows(connection, f'PRAGMA "{name}".page_size')[0][0]
    if not path:
        if connection.in_transaction:
            why = "a transaction is open; after a resume, rollback() undoes only what comes then"
            saver.note("changed", "an SQLite database in memory", why)
        image = connection.serialize(name=name) if pages else b""
        return _MEMORY, None, kept(split(image), saver)
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
    pages = _rows(connection, "PRAGMA page_count")[0][0]
    return connection.serialize() if pages else b""


def _note_what_is_lost(connection: sqlite3.Connection, saver: Saver) -> None:
    with contextlib.closing(sqlite3.connect(_MEMORY)) as other:
        for what, query in _REGISTERED.items():
            mine = {row[0] for row in _rows(connection, query)}
            lost = sorted(mine - {row[0] for row in _rows(other, query)})
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
        elif pieces is not None and path != _MEMORY:
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
        if path == _MEMORY and pieces:
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
    connection = sqlite3.connect(_MEMORY)
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
            _rows(target, "PRAGMA wal_checkpoint(TRUNCATE)")
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
        if _rows(connection, f"PRAGMA {name}")[0][0] != value:
            _rows(connection, f"PRAGMA {name} = {value}")
    if state["inserted"]:
        _insert(connection, state["inserted"])
    connection.row_factory = state["row_factory"]
    connection.text_factory = state["text_factory"]
    connection.isolation_level = state["isolation_level"]
    if state["autocommit"] is not None:
        connection.autocommit = state["autocommit"]  # type: ignore[attr-defined]
    if state["transaction"] and not connection.in_transaction:
        sqlite3.Cursor(connection).execute("BEGIN")


def _closed(kind: type[sqlite3.Connection]) -> sqlite3.Connection:
    connection = kind.__new__(kind)
    sqlite3.Connection.__init__(connection, _MEMORY)
    connection.close()
    return connection


def _insert(connection: sqlite3.Connection, number: int) -> None:
    """Let `number` be the id of the row that was inserted last."""
    cursor = sqlite3.Cursor(connection)
    cursor.execute("CREATE TEMP TABLE midrun (id INTEGER PRIMARY KEY)")
    cursor.execute("INSERT INTO temp.midrun VALUES (?)", (number,))
    cursor.execute("DROP TABLE temp.midrun")


def _cursor(obj: sqlite3.Cursor, saver: Saver) -> Any:
    held = {type(one).__name__ for one in gc.get_referents(obj)}
    if obj.description is not None and "Statement" in held:
        return saver.give_up(obj, "rows of its query are left to be read; fetchall() has them all")
    state = dict(vars(obj)) if hasattr(obj, "__dict__") else {}
    results = {name: getattr(obj, name) for name in ("arraysize", "row_factory")}
    names = None if obj.description is None else [column[0] for column in obj.description]
    made = (type(obj), obj.connection, names, obj.lastrowid, obj.rowcount)
    return _new_cursor, made, (state, results), None, None, _fill_cursor


def _new_cursor(
    kind: type[sqlite3.Cursor],
    connection: Any,
    names: list[str] | None,
    inserted: int | None,
    count: int,
) -> Any:
    if type(connection) is Missing:
        return connection
    cursor = kind.__new__(kind)
    sqlite3.Cursor.__init__(cursor, connection)
    if names is not None or inserted is not None or count >= 0:
        _let_tell(cursor, names, inserted, count)
    return cursor


def _let_tell(
    cursor: sqlite3.Cursor, names: list[str] | None, inserted: int | None, count: int
) -> None:
    """Let a cursor tell of the results of its last statement: they can't be set, so it is given
    statements with the same results, which change temporary tables only."""
    connection = cursor.connection
    other = sqlite3.Cursor(connection)
    was_in_transaction = connection.in_transaction
    read_only, last = (
        _rows(connection, query)[0][0]
        for query in ("PRAGMA query_only", "SELECT last_insert_rowid()")
    )
    other.execute("PRAGMA query_only = 0")
    if inserted is not None:
        _insert(connection, inserted)
        cursor.execute("CREATE TEMP TABLE midrun_none (x)")
        other.execute("DROP TABLE temp.midrun_none")
    if count >= 0:
        other.execute(
            "CREATE TEMP TABLE midrun_rows AS WITH RECURSIVE n(x) AS "
            "(SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < ?) SELECT x FROM n WHERE x <= ?",
            (count, count),
        )
        cursor.executemany("UPDATE temp.midrun_rows SET x = 0", [()])
        other.execute("DROP TABLE temp.midrun_rows")
    if names is not None:
        columns = ", ".join('NULL AS "{}"'.format(name.replace('"', '""')) for name in names)
        cursor.execute(f"SELECT {columns} WHERE 0")
    _insert(connection, last)
    other.execute(f"PRAGMA query_only = {read_only}")
    if connection.in_transaction and not was_in_transaction:
        connection.commit()


def _fill_cursor(cursor: Any, saved: tuple[dict[str, Any], dict[str, Any]]) -> None:
    if type(cursor) is Missing:
        return
    state, results = saved
    if state:
        vars(cursor).update(state)
    for name, value in results.items():
        setattr(cursor, name, value)


def _row(obj: sqlite3.Row, saver: Saver) -> Any:
    return _new_row, (type(obj), obj.keys(), tuple(obj))


def _new_row(kind: type[sqlite3.Row], names: list[str], values: tuple[Any, ...]) -> sqlite3.Row:
    with contextlib.closing(sqlite3.connect(_MEMORY)) as connection:
        cursor = connection.cursor()
        _let_tell(cursor, names, None, -1)
        return kind(cursor, values)
