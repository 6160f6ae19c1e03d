from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from midrun.errors import MidrunError
from midrun.rehearse.world.world import KINDS, World


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


def tree(folder: Path) -> dict[str, object]:
    """All that can be seen of a folder."""
    found: dict[str, object] = {}
    for path in [folder, *folder.rglob("*")]:
        seen = path.lstat()
        what: object = None
        if path.is_symlink():
            what = os.readlink(path)
        elif path.is_file():
            what = path.read_bytes()
        found[str(path)] = (seen.st_mode, seen.st_mtime_ns, seen.st_nlink, seen.st_ino, what)
    return found


def run_in(world: World, project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `python arguments...` in a world, from the folder `project`."""
    start = "import runpy, sys; from midrun.rehearse.world.inside import enter; enter(sys.argv.pop(1)); "
    if arguments[0] == "-c":
        code, rest = start + "exec(sys.argv.pop(1))", arguments[1:]
    else:
        code, rest = (
            start + "sys.argv.pop(0); runpy.run_path(sys.argv[0], None, '__main__')",
            arguments,
        )
    return subprocess.run(
        world.command([sys.executable, "-c", code, world.inside, *rest]),
        cwd=project, env=world.environment(os.environ), capture_output=True, text=True, check=False,
    )  # fmt: skip
