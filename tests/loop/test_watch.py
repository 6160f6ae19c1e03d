"""What `midrun watch` does between the tries, as a user at a terminal sees it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sessions import READY

from processes import lives, wait_until

FAILS = """\
import time

print("begin")
total = 0
for step in range(40):
    total += step
    time.sleep(0.01)
print("total", total)
print("result", total / 0)
"""
RUNS_ON = """\
import time

print("begin")
for step in range(10_000):
    time.sleep(0.01)
    if step % 50 == 49:
        print("step", step)
print("end")
"""


@pytest.fixture
def train(project: Path) -> Path:
    path = project / "train.py"
    path.write_text(FAILS)
    return path


def test_an_edit_that_does_not_parse_is_waited_out(watch, train):
    session = watch("train.py")
    session.wait_for()
    train.write_text(FAILS.replace("/ 0)", "/ (4"))
    shown = session.wait_for("waiting until it parses")
    assert "train.py:9: '(' was never closed" in shown
    train.write_text("")  # an editor that empties the file before it writes
    train.write_text(FAILS.replace("/ 0", "/ 4"))
    shown = session.wait_for("result 195.0")
    assert "begin" not in shown
    assert "try 2: train.py edited, from train.py:8" in shown
    assert session.end() == 0


def test_an_editor_that_replaces_the_file(watch, train, project):
    session = watch("train.py")
    session.wait_for()
    train.rename(project / "train.py~")
    (project / ".train.py.swp").write_text(FAILS.replace("/ 0", "/ 4"))
    (project / ".train.py.swp").rename(train)
    assert "begin" not in session.wait_for("result 195.0")
    assert session.end() == 0
    assert "try 3" not in session.shown


def test_saves_at_once_are_one_edit(watch, train):
    session = watch("train.py")
    session.wait_for()
    time.sleep(0.5)  # the folders are watched from now on
    for divisor in (1, 2, 4):
        train.write_text(FAILS.replace("/ 0", f"/ {divisor}"))
        time.sleep(0.02)
    session.wait_for("result 195.0")
    assert session.end() == 0


def test_an_edit_while_a_retry_is_running_is_used_when_it_fails(watch, train, edit):
    session = watch("train.py")
    session.wait_for()
    edit("train.py", 'print("result"', 'time.sleep(1)\nprint("result"')
    session.wait_for("total 780")
    edit("train.py", "/ 0", "/ 4")
    shown = session.wait_for("result 195.0")
    assert "ZeroDivisionError" in shown
    assert "edited meanwhile" in shown
    assert session.end() == 0


def test_a_new_module(watch, train, project):
    train.write_text(FAILS.replace("total / 0", "__import__('helper').half(total)"))
    session = watch("train.py")
    assert "No module named 'helper'" in session.wait_for()
    (project / "other.txt").write_text("of no interest")
    (project / "helper").mkdir()
    (project / "helper" / "__init__.py").touch()
    (project / "helper" / "__init__.py").write_text("def half(x):\n    return x / 2\n")
    assert "helper/__init__.py edited" in session.wait_for("result 390.0")
    assert session.end() == 0
    assert "try 3" not in session.shown


def test_a_mistake_in_a_module_that_could_not_be_compiled(watch, train, project):
    train.write_text("import helper\n" + FAILS)
    (project / "helper.py").write_text("def half(x) return x\n")
    session = watch("train.py")
    session.wait_for()
    (project / "helper.py").write_text("")
    assert "begin" in session.wait_for("ZeroDivisionError")
    session.wait_for()


def test_keys(watch, train):
    session = watch("train.py")
    session.wait_for()
    session.type("s")
    assert "1  train.py:8, 0." in session.wait_for("other:back")
    session.type("1")
    assert "begin" not in session.wait_for()
    session.type("\n")
    assert "begin" not in session.wait_for()
    session.type("r")
    assert "try 4: from the start" in session.wait_for("begin")
    session.wait_for()
    session.type("q")
    assert session.end() == 1
    assert "a cold start" not in session.shown


PROMPT = "(Pdb) "


def test_the_debugger_at_the_crash(watch, train, edit):
    session = watch("train.py")
    assert "p:debug" in session.wait_for()
    session.type("p")
    shown = session.wait_for(PROMPT)
    assert "debugger at train.py:9#1, from " in shown
    assert '-> print("result", total / 0)' in shown
    assert "begin" not in shown
    session.type("p total + 1\n")
    assert "781" in session.wait_for(PROMPT)
    session.interrupt()
    session.wait_for(PROMPT)
    session.type("q\n")
    assert "Traceback" not in session.wait_for()
    edit("train.py", "/ 0", "/ 4")
    assert "begin" not in session.wait_for("result 195.0")
    assert session.end() == 0
    assert "a cold start" not in session.shown


def test_an_edit_while_the_debugger_is_open_is_used_after_it(watch, train, edit):
    session = watch("--cold", "train.py")
    session.wait_for()
    session.type("p")
    session.wait_for(PROMPT)
    edit("train.py", "/ 0", "/ 4")
    session.type("c\n")
    assert "try 2: train.py edited" in session.wait_for("result 195.0")
    assert session.end() == 0


def test_no_debugger_without_a_crash(watch, train):
    train.write_text("import sys\nsys.exit(7)\n")
    session = watch("train.py")
    assert "p:debug" not in session.wait_for()
    session.type("pq")
    assert session.end() == 7


def test_an_edit_of_what_had_run_goes_back_before_it(watch, train, edit):
    session = watch("train.py")
    session.wait_for()
    edit("train.py", "total = 0", "total = 1")
    shown = session.wait_for("begin")
    assert "newer savepoints are stale: train.py:4: " in shown
    assert "from the start" in shown


def test_an_interrupt(watch, train, edit):
    train.write_text(RUNS_ON)
    session = watch("train.py")
    for step in (49, 99):  # the first try is cold, the second one warm
        session.wait_for(f"step {step}")
        session.interrupt()
        shown = session.wait_for()
        assert shown.count("KeyboardInterrupt") == 1
        assert "interrupted; a retry starts at train.py:" in shown
        if step == 49:
            session.type("\n")
    edit("train.py", "    time.sleep(0.01)\n", "    if step > 60:\n        break\n")
    session.wait_for("end")
    assert session.end() == 0


def test_an_interrupt_between_the_tries_ends_it(watch, train, keepers):
    session = watch("train.py")
    session.wait_for()
    session.interrupt()
    assert session.end() == 1
    assert not keepers()


def test_the_first_line_of_the_script_is_wrong(watch, train):
    train.write_text("def\n")
    session = watch("train.py")
    assert "SyntaxError" in session.wait_for()
    train.write_text("print('fine')\n")
    assert "from the start" in session.wait_for("fine")
    assert session.end() == 0


def test_a_script_that_is_not_there(watch, project):
    session = watch("nothing.py")
    assert session.end() == 2
    assert "there is no script nothing.py" in session.shown


def test_the_exit_code_and_the_words_of_the_script(watch, train):
    train.write_text("import sys\nsys.exit(7)\n")
    session = watch("train.py", "--help")
    assert "exit code 7" in session.wait_for()
    session.type("q")
    assert session.end() == 7


def test_a_terminal_of_40_columns(watch, train, edit):
    session = watch("train.py", columns=40)
    shown = session.wait_for()
    assert len(shown.splitlines()[-1]) <= 40
    session.type("s")
    assert all(len(line) <= 40 for line in session.wait_for("other:back").splitlines())
    session.type("x")
    edit("train.py", "/ 0", "/ 4")
    session.wait_for("195.0")
    assert session.end() == 0


def test_without_a_terminal(project, train, edit):
    shown = []
    with subprocess.Popen(
        [sys.executable, "-m", "midrun", "watch", "train.py"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            shown.append(line)
            if "save an edit" in line:
                edit("train.py", "/ 0", "/ 4")
    assert process.returncode == 0
    assert READY not in "".join(shown)
    assert shown[-1] == "result 195.0\n"


def test_a_keeper_that_is_killed_between_the_tries(watch, train, edit, keepers):
    session = watch("train.py")
    session.wait_for()
    wait_until(keepers)
    os.kill(keepers()[0], signal.SIGKILL)
    edit("train.py", "/ 0", "/ 4")
    assert "midrun: a cold start: the keeper has ended" in session.wait_for("195.0")
    assert session.end() == 0


def test_a_keeper_that_is_killed_while_its_child_runs(watch, train, edit, keepers):
    session = watch("train.py")
    session.wait_for()
    edit("train.py", 'print("result"', 'time.sleep(1)\nprint("result"')
    session.wait_for("total 780")
    os.kill(keepers()[0], signal.SIGKILL)
    assert "ZeroDivisionError" in session.wait_for()
    edit("train.py", "/ 0", "/ 4")
    assert "begin" not in session.wait_for("195.0")
    assert session.end() == 0


def test_it_is_told_to_end(watch, train):
    train.write_text(RUNS_ON)
    session = watch("train.py")
    session.wait_for("step 49")
    session.kill(signal.SIGTERM)
    session.wait_for("saved; continue with: midrun resume")
    assert session.end() == -signal.SIGTERM


def test_nothing_is_left_when_the_watch_is_killed(watch, project, train, edit, keepers):
    session = watch("train.py")
    session.wait_for()
    wait_until(keepers)
    [keeper] = keepers()
    [entry] = (project / ".midrun" / "keepers").glob("*.json")
    left = [entry, Path(json.loads(entry.read_text())["socket"]).parent]
    assert all(path.exists() for path in left)
    edit("train.py", 'print("result"', 'time.sleep(60)\nprint("result"')
    session.wait_for("total 780")
    [child] = children(keeper)
    os.kill(session.pid, signal.SIGKILL)
    wait_until(lambda: not lives(keeper) and not lives(child))
    assert not any(path.exists() for path in left)


def children(pid: int) -> list[int]:
    return [int(c) for c in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
