"""Folders that are made, files that are removed and renamed: once in a run, and again in a resumed
one."""

from __future__ import annotations

CHECKPOINTS = """\
import os
import shutil
from os import mkdir
from pathlib import Path

import midrun

midrun.savepoint("first")
mkdir("out")
for epoch in range(3):
    os.makedirs(f"out/epochs/{epoch}")
    Path("out/new.tmp").write_text(str(epoch))
    midrun.savepoint(f"written{epoch}")
    os.replace("out/new.tmp", f"out/{epoch}.pt")
    if epoch:
        Path(f"out/{epoch - 1}.pt").unlink()
        shutil.rmtree(f"out/epochs/{epoch - 1}")
    else:
        os.symlink("0.pt", "out/first")
print(sorted(os.listdir("out")), os.listdir("out/epochs"))
"""
TWICE = """\
import os
import midrun
midrun.savepoint("before")
os.mkdir("out")
midrun.savepoint("between")
try:
    os.mkdir("out")
except FileExistsError as error:
    print(error)
"""


def test_a_resumed_run_makes_and_removes_again_what_its_run_did(project):
    project.write(CHECKPOINTS)
    code, out, err = project.run("run", "--budget", "0", "a.py")
    assert (code, out) == (0, "['2.pt', 'epochs', 'first'] ['2']\n"), err
    for name in ("written2", "written1", "written0", "first"):
        assert project.run("resume", name)[:2] == (0, out), name


def test_what_fails_in_the_run_fails_in_a_resumed_one(project):
    project.write(TWICE)
    code, out, _ = project.run("run", "--budget", "0", "a.py")
    assert (code, out) == (0, "[Errno 17] File exists: 'out'\n")
    assert project.run("resume", "before")[:2] == (0, out)  # takes "between" once more
    assert project.run("resume", "between")[:2] == (0, out)
    assert project.run("resume", "between")[:2] == (0, out)


def test_a_folder_that_was_there_before_is_still_in_the_way(project):
    project.write('import os\nimport midrun\nmidrun.savepoint("x")\nos.mkdir("out")\n')
    (project.folder / "out").mkdir()
    assert project.run("run", "--budget", "0", "a.py")[0] == 1
    code, _, err = project.run("resume", "x")
    assert code == 1
    assert "FileExistsError: [Errno 17] File exists: 'out'" in err


def test_a_program_may_call_them_by_descriptor_and_in_children(project):
    project.write(
        "import os\n"
        "here = os.open('.', os.O_RDONLY)\n"
        "os.mkdir('a', 0o700, dir_fd=here)\n"
        "print(os.mkdir in os.supports_dir_fd, os.path.isdir('a'))\n"
        "if os.fork() == 0:\n"
        "    os.mkdir('b')\n"
        "    os._exit(0)\n"
        "os.wait()\n"
        "print(os.path.isdir('b'))\n"
    )
    assert project.run("run", "a.py")[:2] == (0, "True True\nTrue\n")
