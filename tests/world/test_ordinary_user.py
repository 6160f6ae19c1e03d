"""A world of overlays for a user who isn't root, and who has a project's group."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from worlds import tree

from midrun.world.launch import FAILED, Order, launch
from midrun.world.overlay import Parts, Place

USER, GROUP, PROJECT_GROUP = 12345, 12345, 23456
_PR_SET_DUMPABLE = 4

pytestmark = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0,
    reason="only root can become another user; the other tests run as this one",
)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of that user's; pytest's own are closed to others."""
    path = Path(tempfile.mkdtemp())
    os.chown(path, USER, GROUP)
    yield path
    shutil.rmtree(path)


def become_user() -> None:
    os.setgroups([PROJECT_GROUP])
    os.setresgid(GROUP, GROUP, GROUP)
    os.setresuid(USER, USER, USER)
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0)  # as after an exec


def run_as_user(place: Place, cwd: Path, commands: str) -> str:
    """What a shell prints in the world, run by that user."""
    out = cwd.parent / "said"
    child = os.fork()
    if child == 0:
        try:
            descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
            os.dup2(descriptor, 1)
            os.dup2(descriptor, 2)
            become_user()
            os.chdir(cwd)
            order = json.dumps(asdict(Order("overlay", place)))
            launch(order, ["/bin/sh", "-c", commands])
        except BaseException as error:
            os.write(2, repr(error).encode())
            os._exit(FAILED if isinstance(error, SystemExit) else 1)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    said = out.read_text()
    if status == FAILED:
        pytest.skip(f"this machine has no overlays for users: {said}")
    return said


def owned(path: Path, group: int = GROUP, mode: int = 0o775) -> Path:
    os.chown(path, USER if group == GROUP else 0, group)
    os.chmod(path, mode)
    return path


@pytest.fixture
def place(folder: Path) -> Place:
    home = folder / "home"
    home.mkdir()
    return Place(str(owned(home)))


@pytest.fixture
def project(folder: Path) -> Path:
    path = folder / "project"
    (path / "shared" / "deep").mkdir(parents=True)
    for file in (path / "mine", path / "shared" / "log", path / "shared" / "large"):
        file.write_text("old\n")
    (path / "shared" / "large").write_text("x" * 2_000_000)
    for inner in (path, path / "mine"):
        owned(inner)
    for inner in (path / "shared", *(path / "shared").iterdir()):
        owned(inner, PROJECT_GROUP)
    return path


def test_the_user_is_the_same_and_sees_their_own_changes(place, project):
    before = tree(project)
    said = run_as_user(
        place, project,
        "id -u; id -g; pwd; echo more >> mine; cat mine; rm -r mine; mkdir mine; ls -d mine/",
    )  # fmt: skip
    assert said.split() == [str(USER), str(GROUP), str(project), "old", "more", "mine/"]
    assert tree(project) == before


def test_what_the_user_may_not_write_stays_so(place, project):
    commands = "for f in /x /etc/x /usr/x; do echo > $f; done; echo > /dev/null && echo null"
    said = run_as_user(place, project, commands).splitlines()
    assert len(said) == 4
    assert all("denied" in line or "Read-only" in line for line in said[:3])
    assert said[3] == "null"


def test_folders_of_other_groups_can_be_written_to(place, project):
    before = tree(project)
    said = run_as_user(
        place, project,
        "cd shared; echo new > a; echo new > deep/a; echo more >> log; cat log deep/a; ls;"
        "echo x > /var/tmp/midrun-test && rm /var/tmp/midrun-test && echo x > /dev/shm/midrun-test",
    )  # fmt: skip
    assert said.split() == ["old", "more", "new", "a", "deep", "large", "log"]
    assert tree(project) == before
    assert not os.path.exists("/dev/shm/midrun-test")


def test_a_large_file_of_another_group_fails_loudly_and_was_named(place, project):
    said = run_as_user(place, project, "echo more >> shared/large")
    assert "too large for defined data type" in said
    assert Parts.read(place.home).foreign == [str(project / "shared" / "large")]


def test_a_second_world_sees_the_first(place, project, folder):
    run_as_user(place, project, "echo 1 > model; rm mine")
    (folder / "second").mkdir()
    second = Place(str(owned(folder / "second")), below=[place.home])
    assert run_as_user(second, project, "ls; cat model").split() == ["model", "shared", "1"]


def test_a_folder_can_be_changed_where_an_overlay_is_nearer_than_what_is_closed():
    parts = Parts({"/home/me/sub": "", "/tmp": ""}, readonly=["/home/me", "/tmp/mounted"])
    assert parts.can_change("/home/me/sub")
    assert parts.can_change("/tmp/a/b")
    assert not parts.can_change("/home/me")
    assert not parts.can_change("/tmp/mounted/a")
    assert not parts.can_change("/home/me/subway")
