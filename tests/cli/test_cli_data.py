"""`midrun data` as it is typed."""

from __future__ import annotations

import json
import os

import pytest

TABLE = "width,label\n" + "".join(f"{n / 7},{n % 3}\n" for n in range(30))


@pytest.fixture
def data(project):
    """A clean folder of data in the current one."""
    (project / "data").mkdir()
    (project / "data/train.csv").write_text(TABLE)
    return project / "data"


def test_clean_data(call, data):
    result = call("data", "data")
    assert (result.code, result.err) == (0, "")
    lines = [line.rstrip() for line in result.out.splitlines()]
    assert lines[0].startswith("1 file, 564 B: 1 csv; read in ")
    assert lines[-1] == "nothing found"


def test_a_fault_is_shown_and_is_the_exit_code(call, data):
    (data / "train.csv").write_text(TABLE.replace("\n3.0,", "\nnan,"))
    result = call("data", "data")
    assert result.code == 1
    lines = [line.strip() for line in result.out.splitlines()]
    at = lines.index("MR221  NaN in the data")
    assert lines[at + 1] == "data/train.csv, row 23, column width: 1 of 30 cells is NaN"
    assert lines[-1] == "1 fault, 0 warnings; --bad FILE lists the 1 file to leave out"


def test_a_warning_is_no_fault(call, data):
    (data / "train.csv").write_text(TABLE.replace("\n3.0,", "\n,"))
    result = call("data", "data")
    assert (result.code, "0 faults, 1 warning" in result.out) == (0, True)


def test_as_json(call, data):
    (data / "empty.csv").touch()
    result = call("data", "data", "--json")
    found = json.loads(result.out)
    [finding] = found["findings"]
    assert finding == {
        "code": "MR202", "severity": "fault", "title": "has nothing in it", "rule": "empty",
        "file": "data/empty.csv", "message": "has no bytes", "where": "", "evidence": "",
        "others": [], "mend": "make it again or leave it out",
    }  # fmt: skip
    assert (found["files"], found["faults"], result.code) == (2, 1, 1)
    [split] = [split for split in found["splits"] if split["name"] == "train"]
    assert split["classes"] == {"0": 10, "1": 10, "2": 10}


def test_bad_files_are_listed(call, data):
    (data / "empty.csv").touch()
    result = call("data", "data", "--bad", "bad.txt")
    assert result.err == "midrun: 1 bad file is listed in bad.txt\n"
    with open("bad.txt") as file:
        assert file.read() == f"{data}/empty.csv\n"
    again = call("data", "data", "--bad", "bad.txt")
    assert (again.code, again.out) == (2, "")
    assert "bad.txt is there already" in again.err


def test_names_that_are_not_utf_8_are_shown_and_listed(call, data):
    name = os.path.join(os.fsencode(data), b"\xe9.csv")
    open(name, "wb").close()
    result = call("data", "data", "--bad", "bad.txt")
    assert r"data/\xe9.csv: has no bytes" in result.out
    assert r"data/\xe9.csv: is not UTF-8" in result.out
    with open("bad.txt", "rb") as file:
        assert file.read() == name + b"\n"
    assert json.loads(call("data", "data", "--json").out)["faults"] == 1


def test_a_path_that_is_not_there(call, data):
    result = call("data", "dato")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("midrun: there is no dato, seen from ")
    assert result.err.endswith("; here is data\n")


def test_a_library_that_is_missing_is_named(call, data, tmp_path, monkeypatch):
    (tmp_path / "blocked/h5py").mkdir(parents=True)
    text = "raise ModuleNotFoundError('no h5py', name='h5py')"
    (tmp_path / "blocked/h5py/__init__.py").write_text(text)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "blocked"), prepend=os.pathsep)
    (data / "x.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    result = call("data", "data")
    assert "1 file not looked into, since h5py is missing: pip install h5py" in result.out
    assert result.code == 0


def test_an_item_is_shown(call, data, project):
    (project / "train.py").write_text("def items():\n    return [(n / 2, n) for n in range(5)]\n")
    assert [line.strip() for line in call("data", "train.py:items", "--show", "3").out.split("\n")][
        :4
    ] == ["[0]  float", "1.5", "[1]  int", "3"]
    shown = json.loads(call("data", "data/train.csv", "--show", "0", "--json").out)
    assert shown[1]["text"] == "'width,label'"
