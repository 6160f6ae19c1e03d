"""What a walk meets, and what it says of paths that are no data."""

from __future__ import annotations

import os
import socket

import pytest

from midrun.data.walking import walk
from midrun.errors import MidrunError


def test_each_file_is_met_once_in_the_order_of_names(folder):
    for name in ("b/2.txt", "b/10.txt", "a/1.txt", "0.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
    (folder / "0.txt").touch()
    [files] = walk([str(folder)]).files.values()
    names = [os.path.relpath(file, folder) for file in files]
    assert names == ["0.txt", "a/1.txt", "b/10.txt", "b/2.txt"]


def test_paths_that_overlap_are_met_once(folder):
    (folder / "sub").mkdir()
    (folder / "sub/x.txt").touch()
    given = [str(path) for path in (folder / "sub/x.txt", folder / "sub", folder)]
    for paths in (given, given[::-1]):
        assert sum(map(len, walk(paths).files.values())) == 1


def test_a_path_that_is_not_there_is_told_with_what_may_be_meant(folder):
    (folder / "train").mkdir()
    with pytest.raises(MidrunError, match=r"there is no .*trian.* is train") as told:
        walk([str(folder / "trian")])
    assert told.value.slug == "no-data"


def test_a_folder_that_may_not_be_listed_is_told(folder, monkeypatch):
    (folder / "closed").mkdir()
    scandir = os.scandir

    def refuse(path):
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    [finding] = walk([str(folder)]).findings
    assert (finding.rule, finding.file) == ("no-permission", str(folder / "closed"))


def test_sockets_and_devices_are_told_and_not_opened(folder):
    with socket.socket(socket.AF_UNIX) as server:
        here = os.getcwd()
        os.chdir(folder)  # a socket's path is short
        try:
            server.bind("s")
        finally:
            os.chdir(here)
        walked = walk([str(folder), "/dev/zero"])
    assert [finding.message.split(";")[0] for finding in walked.findings] == [
        "is a socket", "is a character device",
    ]  # fmt: skip


def test_hidden_folders_are_left_out_and_named(folder):
    (folder / ".git").mkdir()
    (folder / ".git/x.txt").touch()
    walked = walk([str(folder)])
    assert walked.hidden == [str(folder / ".git")]
    assert walked.files == {str(folder): []}


def test_a_hidden_folder_can_be_named(folder):
    (folder / ".data").mkdir()
    (folder / ".data/x.txt").touch()
    assert walk([str(folder / ".data")]).files == {
        str(folder / ".data"): [str(folder / ".data/x.txt")]
    }
