"""Branches are forked from a keeper that has the libraries of the run, or started cold."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from midrun.branch.process import Start, ask_branch, keeper_for
from midrun.store import Store
from midrun.warm.job import keepers
from processes import LIMIT, lives, wait_until

# What a branch runs: it answers, or waits.
ATTACHED = """\
import json, os, sys, time
from pathlib import Path


def answer(run, text):
    facts = {"parent": os.getppid(), "there": "library" in sys.modules, "cwd": os.getcwd()}
    Path(text).write_text(json.dumps(facts))
    os._exit(0)


def fail(run, text):
    raise SystemExit("no luck")


def wait(run, text):
    Path(text).write_text(str(os.getpid()))
    time.sleep(60)
"""
PROGRAM = "import midrun, library\nmidrun.savepoint()\n"


@pytest.fixture
def start(tmp_path, monkeypatch):
    """start(text of a library) -> the savepoint of a run that has imported it"""
    monkeypatch.setenv("MIDRUN_KEY_FILE", str(tmp_path / "key"))
    libraries = tmp_path / "libraries"
    libraries.mkdir()
    monkeypatch.setenv("PYTHONPATH", f"{libraries}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    (libraries / "attached.py").write_text(ATTACHED)
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").touch()
    (project / "train.py").write_text(PROGRAM)

    def run(library: str = "") -> Start:
        (libraries / "library.py").write_text(library)
        command = [sys.executable, "-m", "midrun", "run", "train.py"]
        subprocess.run(command, cwd=project, check=True, timeout=LIMIT)
        savepoint = Store(project / ".midrun").savepoint(None)
        return Start(savepoint.run, savepoint)

    return run


def asked(start, folder, warm, function="answer"):
    folder.mkdir()
    return ask_branch(start, f"attached:{function}", lambda out, scratch: out, folder, warm)


def test_branches_come_from_a_keeper_that_has_the_libraries(start, tmp_path):
    begin = start()
    with keeper_for(begin.run, tmp_path) as warm:
        answers = [json.loads(asked(begin, tmp_path / name, warm)[0]) for name in "ab"]
        [keeper] = keepers(tmp_path / "keeper")
    expected = {"parent": keeper.pid, "there": True, "cwd": begin.run.info["cwd"]}
    assert answers == [expected, expected]
    assert not lives(keeper.pid)


def test_a_keeper_is_no_business_of_a_resume_beside_it(start, tmp_path):
    begin = start()
    with keeper_for(begin.run, tmp_path):
        assert keepers(begin.run.store.folder) == []


def test_what_does_not_survive_a_fork_is_imported_by_each_branch(start, tmp_path):
    begin = start(
        "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\n"
    )
    with keeper_for(begin.run, tmp_path) as warm:
        answer = json.loads(asked(begin, tmp_path / "a", warm)[0])
        [keeper] = keepers(tmp_path / "keeper")
    assert (answer["parent"], answer["there"]) == (keeper.pid, False)
    assert keeper.cold == {"library": "it starts threads"}


def test_without_a_keeper_a_branch_is_cold(start, tmp_path):
    begin = start()
    with keeper_for(begin.run, tmp_path) as warm:
        asked(begin, tmp_path / "a", warm)
        [keeper] = keepers(tmp_path / "keeper")
        os.kill(keeper.pid, signal.SIGKILL)
        wait_until(lambda: not lives(keeper.pid))
        assert json.loads(asked(begin, tmp_path / "b", warm)[0])["parent"] == os.getpid()


@pytest.mark.parametrize("is_warm", [True, False])
def test_the_last_words_of_a_branch(start, tmp_path, is_warm):
    begin = start()
    with keeper_for(begin.run, tmp_path) as warm:
        answer, said = asked(begin, tmp_path / "a", warm if is_warm else None, "fail")
    assert (answer, said) == (None, "no luck")


OWNER = """\
import sys
from pathlib import Path
from midrun.branch.process import Start, ask_branch, keeper_for
from midrun.store import Store

savepoint = Store(Path(sys.argv[1])).savepoint(None)
folder = Path(sys.argv[2])
with keeper_for(savepoint.run, folder) as warm:
    start = Start(savepoint.run, savepoint)
    ask_branch(start, "attached:wait", lambda out, scratch: out, folder, warm)
"""


def test_nothing_outlives_an_owner_that_is_killed(start, tmp_path):
    begin = start()
    folder = tmp_path / "owned"
    folder.mkdir()
    store = str(begin.run.store.folder)
    answer = folder / "files" / "answer.json"
    with subprocess.Popen([sys.executable, "-c", OWNER, store, str(folder)]) as owner:
        wait_until(lambda: answer.exists() and answer.read_text())
        [keeper] = keepers(folder / "keeper")
        owner.kill()
    pids = [keeper.pid, int(answer.read_text())]
    wait_until(lambda: not any(map(lives, pids)))
    assert not Path(keeper.socket).parent.exists()
