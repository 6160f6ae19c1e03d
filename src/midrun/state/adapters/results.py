"""SQLite: cursors come back with the results of their last statement, rows with their names."""

from __future__ import annotations

import contextlib
import gc
import sqlite3
from typing import TYPE_CHECKING, Any

from midrun.state.missing import Missing

if TYPE_CHECKING:
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry

MEMORY = ":memory:"
"""What SQLite calls a database in memory."""


def add(registry: Registry) -> None:
    registry.register("sqlite3.Cursor", _cursor)
    registry.register("sqlite3.Row", _row)


def rows(connection: sqlite3.Connection, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query, whatever row factory the connection has; text comes as `str`."""
    factory, connection.text_factory = connection.text_factory, str
    try:
        return sqlite3.Cursor(connection).execute(sql).fetchall()
    finally:
        connection.text_factory = factory


def let_have_inserted(connection: sqlite3.Connection, number: int) -> None:
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
        rows(connection, query)[0][0]
        for query in ("PRAGMA query_only", "SELECT last_insert_rowid()")
    )
    other.execute("PRAGMA query_only = 0")
    if inserted is not None:
        let_have_inserted(connection, inserted)
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
    let_have_inserted(connection, last)
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
    with contextlib.closing(sqlite3.connect(MEMORY)) as connection:
        cursor = connection.cursor()
        _let_tell(cursor, names, None, -1)
        return kind(cursor, values)
