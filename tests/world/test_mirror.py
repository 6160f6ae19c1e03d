"""Files seen through changes that lie in a folder of their own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from midrun.world import mirror
from midrun.world.mirror import Mirror


@pytest.fixture
def real(tmp_path: Path) -> Path:
    folder = tmp_path / "real"
    (folder / "sub").mkdir(parents=True)
    (folder / "a").write_text("a")
    (folder / "sub" / "b").write_text("b")
    return folder


@pytest.fixture
def files(tmp_path: Path) -> Mirror:
    mirror.prepare(tmp_path / "home")
    return Mirror(str(tmp_path / "home"))


def test_what_is_changed_is_a_copy(files, real):
    path = str(real / "a")
    assert files.find(path) == path
    Path(files.change(path)).write_text("changed")
    assert Path(files.find(path)).read_text() == "changed"
    assert (real / "a").read_text() == "a"


def test_a_copy_keeps_contents_modes_and_times(files, real):
    os.chmod(real / "a", 0o640)
    os.utime(real / "a", ns=(5, 7))
    copy = os.stat(files.change(str(real / "a")))
    assert (copy.st_mode & 0o777, copy.st_mtime_ns, copy.st_size) == (0o640, 7, 1)


def test_a_new_file_needs_its_folder(files, real):
    assert not os.path.exists(files.change(str(real / "new")))
    with pytest.raises(FileNotFoundError):
        files.change(str(real / "no" / "new"))
    with pytest.raises(NotADirectoryError):
        files.change(str(real / "a" / "new"))


def test_a_removed_file_is_gone_and_can_be_made_again(files, real):
    path = str(real / "a")
    files.remove(path, False)
    assert not files.exists(path)
    assert files.names(str(real)) == ["sub"]
    Path(files.change(path)).write_text("new")
    assert files.names(str(real)) == ["a", "sub"]


def test_a_folder_that_is_made_again_is_empty(files, real):
    files.remove(str(real / "sub" / "b"), False)
    files.remove(str(real / "sub"), True)
    assert not files.exists(str(real / "sub"))
    assert not files.exists(str(real / "sub" / "b"))
    os.mkdir(files.change(str(real / "sub")))
    assert files.names(str(real / "sub")) == []


def test_removing_is_refused_as_it_is_outside(files, real):
    with pytest.raises(OSError, match="not empty"):
        files.remove(str(real / "sub"), True)
    with pytest.raises(NotADirectoryError):
        files.remove(str(real / "a"), True)
    with pytest.raises(IsADirectoryError):
        files.remove(str(real / "sub"), False)
    with pytest.raises(FileNotFoundError):
        files.remove(str(real / "no"), False)
    assert files.names(str(real)) == ["a", "sub"]


def test_a_folder_is_renamed_with_all_that_is_in_it(files, real):
    Path(files.change(str(real / "sub" / "c"))).write_text("c")
    files.move(str(real / "sub"), str(real / "moved"))
    assert files.names(str(real)) == ["a", "moved"]
    assert files.names(str(real / "moved")) == ["b", "c"]
    assert (real / "sub" / "b").exists()


def test_renaming_over_something_is_refused_as_it_is_outside(files, real):
    os.mkdir(files.change(str(real / "empty")))
    with pytest.raises(OSError, match="not empty"):
        files.move(str(real / "empty"), str(real / "sub"))
    with pytest.raises(IsADirectoryError):
        files.move(str(real / "a"), str(real / "sub"))
    with pytest.raises(NotADirectoryError):
        files.move(str(real / "sub"), str(real / "a"))
    assert files.names(str(real)) == ["a", "empty", "sub"]
    files.move(str(real / "sub"), str(real / "empty"))
    assert files.names(str(real / "empty")) == ["b"]


def test_links_are_followed_in_the_world(files, real):
    os.symlink("sub", files.change(str(real / "link")))
    assert files.absolute(str(real / "link" / "b")) == str(real / "sub" / "b")
    assert files.absolute(str(real / "link")) == str(real / "link")
    assert files.followed(str(real / "link")) == str(real / "sub")
    assert files.absolute(str(real / "link" / ".." / "a")) == str(real / "a")


def test_a_link_to_itself_is_an_error(files, real):
    os.symlink("round", files.change(str(real / "round")))
    with pytest.raises(OSError, match="symbolic links"):
        files.followed(str(real / "round"))


def test_earlier_changes_are_seen_and_left_alone(files, real, tmp_path):
    Path(files.change(str(real / "new"))).write_text("1")
    files.remove(str(real / "a"), False)
    mirror.prepare(tmp_path / "later")
    later = Mirror(str(tmp_path / "later"), below=[files.home])
    assert later.names(str(real)) == ["new", "sub"]
    Path(later.change(str(real / "new"))).write_text("2")
    Path(later.change(str(real / "a"))).write_text("2")
    later.remove(str(real / "sub" / "b"), False)
    assert Path(files.find(str(real / "new"))).read_text() == "1"
    assert files.names(str(real)) == ["new", "sub"]
    assert files.names(str(real / "sub")) == ["b"]
    assert later.names(str(real)) == ["a", "new", "sub"]


def test_folders_that_are_open_are_real(real, tmp_path):
    mirror.prepare(tmp_path / "home")
    files = Mirror(str(tmp_path / "home"), open_to=[str(real)])
    assert files.change(str(real / "a")) == str(real / "a")
    files.remove(str(real / "a"), False)
    assert not (real / "a").exists()
