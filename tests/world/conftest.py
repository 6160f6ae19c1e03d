from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from midrun.errors import MidrunError
from midrun.world.world import KINDS, World


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with some of the user's files."""
    folder = tmp_path / "project"
    (folder / "out" / "old").mkdir(parents=True)
    (folder / "out" / "old" / "checkpoint").write_text("1")
    (folder / "data" / "1").mkdir(parents=True)
    (folder / "data" / "1" / "x").write_text("x")
    (folder / "log.txt").write_text("old\n")
    (folder / "long.txt").write_text("0123")
    (folder / "link").symlink_to("kept.txt")
    for name in ("kept.txt", "victim.txt", "file1", "old.bin", "tool.sh"):
        (folder / name).write_text(name)
    connection = sqlite3.connect(folder / "db.sqlite")
    connection.execute("create table t (a)")
    connection.execute("insert into t values (1)")
    connection.commit()
    connection.close()
    return folder


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each kind of world that this machine can make."""
    try:
        World(tmp_path / "trial", kind=request.param).discard()
    except MidrunError as error:
        pytest.skip(str(error))
    return str(request.param)
