"""%midrun keep: what is changed in the shell of a goto goes on as a run of its own."""

from __future__ import annotations

import json
import os

import pytest

TRAIN = """
    import time

    lr = 0.5

    def train(epochs):
        log = open("log.txt", "a")
        done = []
        for epoch in range(epochs):
            for i in range(5):
                total = epoch + abs(int(float(i)))
                done.append(total)
            print(epoch, lr, done[-2:], file=log, flush=True)
            time.sleep(0.12)
        return done

    print(sum(train(6)), lr)
"""


@pytest.fixture
def over(project, request):
    """A run with savepoints that is over; the shell is Python's own, unless the test says which."""
    if getattr(request, "param", "plain") == "IPython":
        pytest.importorskip("IPython")
        project.environment["IPYTHONDIR"] = str(project.folder.parent / "ipython")
    else:
        project.write("raise ImportError\n", "IPython.py")
        paths = [str(project.folder), os.environ.get("PYTHONPATH", "")]
        project.environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    project.write(TRAIN)
    code, out, err = project.run("run", "--every", "0.1s", "a.py")
    assert (code, out) == (0, "135 0.5\n"), err
    return project


def shell(project, position, *typed):
    code, out, err = project.run("goto", position, "--shell", typed="\n".join([*typed, ""]))
    assert code == 0, err
    return out + err


each_shell = pytest.mark.parametrize("over", ["plain", "IPython"], indirect=True)


@each_shell
def test_what_is_changed_goes_on(over):
    line = over.line("done.append")
    said = shell(
        over,
        f"a.py:{line}#23",
        "total = 1000",
        "lr = 7",
        "done.clear()",
        "%midrun keep one",
        "exit()",
    )
    assert "continue with: midrun resume one" in said
    code, out, err = over.run("resume", "one")
    assert (code, out) == (0, f"{1000 + 7 + 8 + 35} 7\n"), err


def test_the_files_are_as_they_were_at_the_position(over):
    line = over.line("done.append")
    shell(over, f"a.py:{line}#23", "%midrun keep one", "exit()")
    before = (over.folder / "log.txt").read_text()
    (over.folder / "log.txt").write_text(before + "more\n")
    over.run("resume", "one")
    assert (over.folder / "log.txt").read_text() == before


def test_each_is_a_run_that_continues_the_one_gone_to(over):
    line = over.line("total =")
    shell(over, f"a.py:{line}#23", "%midrun keep one", "i = 2", "%midrun keep two", "exit()")
    [run] = json.loads(over.run("ls", "--json")[1])
    kept = run["continuations"]
    assert [run["status"] for run in kept] == ["kept", "kept"]
    assert [run["savepoints"][0]["name"] for run in kept] == ["one", "two"]
    assert all(run["savepoints"][0]["missing"] == 0 for run in kept)


def test_passes_are_counted_on_as_in_the_run(over):
    line = over.line("total =")
    shell(over, f"a.py:{line}#23", "%midrun keep one", "exit()")
    over.run("resume", "one")
    _, out, err = over.run("goto", f"a.py:{line}#28", "--print", "epoch, i")
    assert out == "(5, 2)\n", err


@each_shell
def test_names_that_the_program_does_not_know_are_told(over):
    line = over.line("total =")
    said = shell(over, f"a.py:{line}#23", "helper = 1", "%midrun keep one", "exit()")
    assert "without helper, of which the program knows nothing" in said


def test_a_name_is_needed(over):
    line = over.line("total =")
    said = shell(over, f"a.py:{line}#23", "%midrun keep 12", "exit()")
    assert "write: %midrun keep NAME" in said


def test_where_no_savepoint_can_be_the_beginning_of_the_round_is_named(project):
    project.write(
        "import functools\n"
        "def add(a, b):\n    return a + abs(b)\n"
        "for i in range(5):\n    print(functools.reduce(add, [1, 2]), abs(i))\n"
    )
    project.run("run", "a.py")
    said = shell(project, "a.py:3#3", "%midrun keep one", "exit()")
    assert "nothing is kept: no savepoint can be taken at a.py:3, because " in said
    assert "midrun goto a.py:5#3 --shell" in said
    assert "one" not in [savepoint["name"] for savepoint in project.savepoints()]


def test_a_new_run_from_the_start_of_the_script(project):
    project.write("a = 1\nprint(a)\n")
    project.run("run", "--budget", "0", "a.py")
    shell(project, "a.py:2", "a = 2", "%midrun keep one", "exit()")
    assert project.run("goto", "a.py:2", "--print", "a")[1] == "1\n"
    assert project.run("resume", "one") == (0, "2\n", "")
