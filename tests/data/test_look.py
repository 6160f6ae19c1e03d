"""Files that change, hide or end their reader while they are looked at."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from midrun.data import libraries
from midrun.data.look import look_at
from midrun.data.reading import Interpreter, Workers


def rules(path: Path) -> list[str]:
    return [finding.rule for finding in look_at(str(path)).findings]


def test_a_file_that_is_gone_by_then(folder):
    assert rules(folder / "gone.txt") == ["vanished"]


@pytest.mark.timeout(10)
def test_a_pipe_that_was_a_file_when_it_was_listed(folder):
    os.mkfifo(folder / "x.txt")
    assert rules(folder / "x.txt") == ["special-file"]


def test_a_file_that_this_user_may_not_open(folder, monkeypatch):
    (folder / "x.txt").touch()

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    assert rules(folder / "x.txt") == ["no-permission"]


def test_a_reader_that_raises_what_nobody_thought_of(folder, monkeypatch):
    (folder / "x.txt").write_text("words")
    monkeypatch.setattr("midrun.data.look.reader", lambda form: lambda source: 1 / 0)
    [finding] = look_at(str(folder / "x.txt")).findings
    assert (finding.rule, finding.evidence) == (
        "unreadable", "ZeroDivisionError: division by zero",
    )  # fmt: skip


def test_a_library_that_is_missing_is_named_with_what_installs_it(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "h5py", None)
    libraries.need.cache_clear()
    (folder / "x.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    looked = look_at(str(folder / "x.h5"))
    libraries.need.cache_clear()
    assert (looked.library, looked.findings) == ("h5py", [])
    assert libraries.command("h5py") == "pip install h5py"


def test_a_file_that_ends_its_reader_is_told_and_the_others_are_read(folder, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(__file__).parent), *sys.path]))
    paths = [str(folder / f"{n}.txt") for n in range(6)]
    for path in paths:
        Path(path).write_text("kill" if path.endswith("3.txt") else "words")
    with Workers(2, lambda: Interpreter("dying_worker")) as pool:
        answers = list(pool.map("look", [paths]))
    told = [(batch, answer) for batch, answer in answers if isinstance(answer, str)]
    assert told == [([paths[3]], "SIGKILL")]
    assert sum(len(answer) for _, answer in answers if not isinstance(answer, str)) == 5
