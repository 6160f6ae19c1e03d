"""Files on disk as a part of the state: what is told and done when they are other at the resume."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from roundtrip import Blobs, again, dump, load

from midrun.errors import MidrunError
from midrun.state.session import NotNow


def later(root: Any, change: Any) -> tuple[Any, list[str]]:
    """`root` loaded after `change()`, and what was reported."""
    blobs = Blobs()
    data, session = dump(root, blobs)
    assert not session.missing
    change()
    loaded, reports = load(data, blobs)
    return loaded, [note.why for note in reports]


def test_a_file_that_is_read_is_told_if_only_its_middle_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_bytes(bytes(1 << 20))

    def change() -> None:
        with path.open("r+b") as other:
            other.seek(1 << 19)
            other.write(b"x")
        os.utime(path, ns=(0, 0))

    with path.open("rb") as file:
        file.seek(10)
        loaded, reports = later(file, change)
        loaded.close()
    assert len(reports) == 1
    assert "its time says so" in reports[0]


def test_a_file_that_is_written_is_put_back_if_its_beginning_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with path.open("w") as file:
        file.write("one\n")
        loaded, reports = later(file, lambda: path.write_text("other and longer\n"))
    loaded.write("two\n")
    loaded.close()
    assert path.read_text() == "one\ntwo\n"
    assert "put back" in reports[0]


def test_a_text_in_a_loop_over_its_lines_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "lines.gz"
    path.write_bytes(gzip.compress(b"".join(b"%d\n" % n for n in range(5000))))
    with gzip.open(path, "rt") as file, io.TextIOWrapper(io.BytesIO(b"1\n2\n3\n")) as other:
        next(file)
        next(other)
        file2, other2 = again((file, other))
        assert (next(file2), next(other2)) == (next(file), next(other)) == ("1\n", "2\n")
        file2.close()


def test_gzip_goes_on_where_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "data.gz"
    file = gzip.open(path, "wb")  # noqa: SIM115
    file.write(b"one " * 1000)
    loaded, reports = later(file, lambda: (file.write(b"lost"), file.close()))
    loaded.write(b"two")
    loaded.close()
    assert not reports
    assert gzip.decompress(path.read_bytes()) == b"one " * 1000 + b"two"


def test_a_database_is_put_back(tmp_path: Path) -> None:
    path = str(tmp_path / "data.db")
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (x)")
    connection.execute("INSERT INTO t VALUES (1)")
    connection.commit()

    def change() -> None:
        connection.execute("INSERT INTO t VALUES (2)")
        connection.commit()
        connection.close()

    (one, cursor), reports = later((connection, connection.execute("SELECT 1 LIMIT 0")), change)
    assert "put back" in reports[0]
    assert one.execute("SELECT x FROM t").fetchall() == [(1,)]
    assert cursor.connection is one
    one.close()


def test_a_transaction_that_has_changed_a_file_puts_the_savepoint_off(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "data.db")) as connection:
        connection.execute("CREATE TABLE t (x)")
        connection.execute("BEGIN")
        again(connection).close()  # it has changed nothing yet
        connection.execute("INSERT INTO t VALUES (1)")
        with pytest.raises(NotNow, match="after a commit"):
            dump(connection, Blobs())


def test_what_an_sqlite_connection_loses_is_noted() -> None:
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.create_function("twice", 1, lambda x: 2 * x)
        connection.execute("CREATE TEMP TABLE t (x)")
        _, session = dump(connection, Blobs())
        assert [(note.kind, note.why.partition(": ")[2]) for note in session.notes] == [
            ("changed", "twice"),
            ("changed", "t"),
        ]
        connection.set_trace_callback(print)
        _, session = dump(connection, Blobs())
        assert len(session.missing) == 1


def test_a_cursor_with_rows_left_is_missing() -> None:
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        cursor = connection.execute("SELECT 1 UNION SELECT 2")
        blobs = Blobs()
        data, session = dump([cursor], blobs)
        assert [obj for obj, _ in session.missing] == [cursor]
        assert cursor.fetchall() == [(1,), (2,)]
        (loaded,), _ = load(data, blobs)
        with pytest.raises(MidrunError, match="fetchall"):
            loaded.fetchone()
