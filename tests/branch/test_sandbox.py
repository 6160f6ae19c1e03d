"""What a process that goes back writes, and where it ends up."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

# Instead of the kernel's overlays, as where a user may not have them.
NO_OVERLAYS = """
def refuse(place):
    raise PermissionError(1, "not here")

from midrun.world import overlay
overlay.enter = refuse
"""


@pytest.fixture(params=["", NO_OVERLAYS], ids=["overlays", "no overlays"])
def enter(tmp_path, request):
    """Runs code in a sandbox whose branch has the folder `branch`, and returns what it prints."""
    (tmp_path / "branch" / "files").mkdir(parents=True)

    def run(code, earlier=None):
        text = f"""
            from pathlib import Path
            from midrun.branch.sandbox import Sandbox
            sandbox = Sandbox.of_branch("branch/files", {earlier or {}!r})
            sandbox.enter()
        """
        done = subprocess.run(
            [sys.executable, "-c", request.param + dedent(text) + dedent(code)],
            cwd=tmp_path, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout

    return run


def test_what_is_written_goes_elsewhere_and_is_read_there(enter, tmp_path):
    Path(tmp_path / "log").write_text("old\n")
    said = enter("open('log', 'a').write('new\\n'); print(open('log').read(), end='')")
    assert said == "old\nnew\n"
    assert Path(tmp_path / "log").read_text() == "old\n"


def test_what_another_sandbox_has_written_is_read_and_left_alone(enter, tmp_path):
    Path(tmp_path / "log").write_text("of the run\n")
    Path(tmp_path / "copy").write_text("of the replay\n")
    earlier = {str(tmp_path / "log"): str(tmp_path / "copy")}
    code = "open('log', 'a').write('more\\n'); print(open('log').read(), end='')"
    assert enter("print(open('log').read(), end='')", earlier) == "of the replay\n"
    assert enter(code, earlier) == "of the replay\nmore\n"
    assert Path(tmp_path / "copy").read_text() == "of the replay\n"


def test_the_branch_s_own_files_are_written_and_renamed(enter, tmp_path):
    enter("import os; open('branch/a', 'w').write('1'); os.rename('branch/a', 'branch/b')")
    assert [path.name for path in (tmp_path / "branch").glob("?")] == ["b"]


def test_a_file_that_is_removed_stays(enter, tmp_path):
    Path(tmp_path / "log").write_text("old\n")
    enter("import os; os.remove('log')")
    assert Path(tmp_path / "log").exists()


def test_folders_that_are_removed_stay(enter, tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "weights").write_text("1")
    (tmp_path / "empty").mkdir()
    (tmp_path / "branch" / "own").mkdir()
    enter("import os, shutil; shutil.rmtree('old'); os.rmdir('empty'); shutil.rmtree('branch/own')")
    assert (tmp_path / "old" / "weights").read_text() == "1"
    assert (tmp_path / "empty").exists()
    assert not (tmp_path / "branch" / "own").exists()


def test_what_other_programs_write_and_remove_is_lost_where_there_are_overlays(tmp_path, project):
    World = pytest.importorskip("midrun.world.world").World
    if World(tmp_path / "world").kind != "overlay":
        pytest.skip("this user can't have overlays here")
    for name in ("log", "old"):
        Path(project.folder / name).write_text("old\n")
    code = """
        import subprocess
        subprocess.run("echo new >> log; rm old; mkdir made", shell=True, check=True)
        print(open("log").read().split(), Path("old").exists(), Path("made").is_dir())
        Path("branch/answer").write_text("42")
    """
    (project.folder / "branch" / "files").mkdir(parents=True)
    text = """
        from pathlib import Path
        from midrun.branch.sandbox import Sandbox
        Sandbox.of_branch("branch/files").enter()
    """
    done = subprocess.run(
        [sys.executable, "-c", dedent(text) + dedent(code)],
        cwd=project.folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "['old', 'new'] False True\n"
    left = {path.name for path in project.folder.iterdir()}
    assert left == {"branch", "world", "log", "old"}
    assert (project.folder / "log").read_text() == "old\n"
    assert (project.folder / "branch" / "answer").read_text() == "42"


def test_a_copy_with_its_mode_and_times(enter, tmp_path):
    (tmp_path / "last").write_text("new")
    (tmp_path / "best").write_text("old")
    said = enter("import shutil; shutil.copy2('last', 'best'); print(open('best').read())")
    assert said == "new\n"
    assert (tmp_path / "best").read_text() == "old"


@pytest.mark.parametrize("mode", ["r+", "w+"])
def test_a_memory_map(enter, tmp_path, mode):
    (tmp_path / "array").write_bytes(bytes(8))
    said = enter(f"""
        import numpy
        numpy.memmap("array", numpy.uint8, {mode!r}, shape=8)[:] = 7
        print(numpy.memmap("array", numpy.uint8, "r").sum())
    """)
    assert said == "56\n"
    assert (tmp_path / "array").read_bytes() == bytes(8)


@pytest.mark.parametrize("mode", ["a", "r+", "w"])
def test_an_hdf5_file(enter, tmp_path, mode):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["old"] = 1
    before = (tmp_path / "data.h5").read_bytes()
    said = enter(f"""
        import h5py
        with h5py.File("data.h5", {mode!r}) as file:
            file["new"] = 2
        with h5py.File("other.h5", "a") as file:
            file["new"] = 2
        with h5py.File("data.h5") as file, h5py.File("other.h5") as other:
            print(*file, *other)
    """)
    assert said == ("new new\n" if mode == "w" else "new old new\n")
    assert (tmp_path / "data.h5").read_bytes() == before
    assert not (tmp_path / "other.h5").exists()
