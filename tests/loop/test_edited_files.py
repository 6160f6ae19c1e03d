"""What has become of the files of a try."""

from __future__ import annotations

from pathlib import Path

import pytest

from midrun.loop.edits import Edits, Files


@pytest.fixture
def script(project: Path) -> Path:
    path = project / "train.py"
    path.write_text("x = 1\n")
    return path


@pytest.fixture
def files(script: Path) -> Files:
    return Files({str(script): "x = 1\n"}, {str(script.parent)})


def test_a_file_that_is_saved_as_it_was_is_no_edit(files, script):
    script.write_text("x = 1\n")
    assert files.look() == Edits()


def test_an_edit_is_taken_once(files, script):
    script.write_text("x = 2\n")
    assert files.look() == Edits([str(script)])
    assert files.look().whole
    assert files.taken().look() == Edits()


@pytest.mark.parametrize("text", [b"x = (\n", b"x = '\xff'\n", b"x = 1\0\n"])
def test_what_does_not_parse_is_not_whole(files, script, text):
    script.write_bytes(text)
    found = files.look()
    assert found.fault is not None
    assert found.fault.filename == str(script)
    assert not found.whole


def test_an_empty_or_missing_file_may_come_back(files, script):
    script.write_text("")
    assert files.look() == Edits([str(script)], fading=True)
    script.unlink()
    assert files.look() == Edits([str(script)], fading=True)


def test_a_new_module_counts_once_it_has_a_line(files, script):
    new = script.parent / "new.py"
    new.touch()
    assert files.look() == Edits()
    new.write_text("y = 1\n")
    assert files.look() == Edits([str(new)])


def test_files_that_were_there_and_not_used_are_of_no_interest(script):
    other = script.parent / "other.py"
    other.touch()
    files = Files({str(script): "x = 1\n"}, {str(script.parent)})
    other.write_text("y = 1\n")
    assert files.look() == Edits()
