"""Processes that a keeper forks are like those that are started cold."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from sessions import Session

from midrun.run.spec import BOOT, interpreter
from midrun.warm.job import Entry, Job, keepers
from processes import lives, wait_until

STATE = """\
import gc, json, locale, os, random, resource, signal, sys, warnings, decimal, helper

random_draw = random.random()


def stream(one):
    raw = getattr(one.buffer, "raw", one.buffer)
    return [
        one.name, one.mode, one.encoding, one.errors, one.isatty(), one.line_buffering,
        one.write_through, one.newlines, type(one.buffer).__name__, raw.name, raw.fileno(),
        raw.closefd,
    ]


mask = os.umask(0)
os.umask(mask)
open_files = [os.readlink(f"/proc/self/fd/{n}") for n in range(3)]
state = {
    "argv": sys.argv,
    "orig_argv": [len(sys.orig_argv), sys.orig_argv[0], sys.orig_argv[-2:]],
    "path": sys.path,
    "environ": dict(os.environ),
    "cwd": os.getcwd(),
    "umask": mask,
    "handlers": {n: str(type(signal.getsignal(n))) for n in signal.valid_signals()},
    "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
    "group": os.getpgrp() == os.tcgetpgrp(0),
    "terminal": os.open("/dev/tty", os.O_RDWR) > 0,
    "streams": [stream(s) for s in (sys.stdin, sys.stdout, sys.stderr)],
    "same streams": sys.stdout is sys.__stdout__ and sys.stderr is sys.__stderr__,
    "open": open_files,
    "count": len(os.listdir("/proc/self/fd")),
    "threads": len(os.listdir("/proc/self/task")),
    "own": [n for n, m in sys.modules.items() if os.getcwd() in str(getattr(m, "__file__", ""))],
    "main": sorted(vars(sys.modules["__main__"])),
    "filters": [str(f) for f in warnings.filters],
    "hash": hash("midrun"),
    "limits": [sys.getrecursionlimit(), resource.getrlimit(resource.RLIMIT_NOFILE)],
    "collector": [gc.isenabled(), gc.get_threshold(), gc.get_freeze_count()],
    "finders": [str(type(f)) for f in sys.meta_path],
    "context": decimal.getcontext().prec,
}
with open(f"state-{len([n for n in os.listdir() if n.startswith('state-')])}.json", "w") as file:
    json.dump({"random": random_draw, "state": state}, file)
sys.exit(3)
"""


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_warm_start_finds_what_a_cold_one_finds(watch, project, monkeypatch, unbuffered):
    monkeypatch.setenv("MIDRUN_TEST", "héé")
    (project / "train.py").write_text(STATE)
    (project / "helper.py").write_text("")
    session = watch("train.py", "--rate", "a b")
    session.wait_for()
    for _ in range(2):
        session.type("r")
        session.wait_for()
    session.type("q")
    assert session.end() == 3
    assert "a cold start" not in session.shown
    cold, *warm = [json.loads((project / f"state-{n}.json").read_text()) for n in range(3)]
    for other in warm:
        assert other["state"] == cold["state"]
    assert len({state["random"] for state in (cold, *warm)}) == 3


def test_what_is_unfit_for_a_fork_is_started_cold_and_said(watch, project, tmp_path, monkeypatch):
    libraries = tmp_path / "libraries"
    libraries.mkdir()
    (libraries / "threaded.py").write_text(
        "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\n"
    )
    (libraries / "calm.py").write_text("import time\ntime.sleep(0.1)\n")
    monkeypatch.setenv("PYTHONPATH", f"{libraries}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    (project / "train.py").write_text(
        "import calm, threaded\nprint('begin', hash('midrun'))\n1 / 0\n"
    )
    session = watch("train.py")
    session.wait_for()
    wait_until(lambda: any(entry.ready for entry in keepers(project / ".midrun")))
    done = subprocess.run([sys.executable, "-m", "midrun", "doctor", "--json"], capture_output=True)
    [told] = [check["found"] for check in json.loads(done.stdout) if check["name"] == "keeper"]
    assert "calm 0.1" in told
    assert told.endswith("; not threaded: it starts threads")
    session.type("r")
    assert "midrun: threaded is started cold: it starts threads" in session.wait_for("begin")
    session.wait_for()
    session.type("r")
    assert "started cold" not in session.wait_for()
    assert len({*re.findall(r"begin (\S+)", session.shown)}) == 1


def test_a_library_that_was_upgraded_is_imported_anew(watch, project, tmp_path, monkeypatch):
    libraries = tmp_path / "libraries"
    libraries.mkdir()
    (libraries / "version.py").write_text("number = 1\n")
    monkeypatch.setenv("PYTHONPATH", f"{libraries}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    (project / "train.py").write_text("import version\nprint('number', version.number)\n1 / 0\n")
    session = watch("train.py")
    session.wait_for("number 1")
    session.wait_for()
    session.type("r")
    session.wait_for("number 1")
    session.wait_for()
    (libraries / "version.py").write_text("number = 22\n")
    session.type("r")
    shown = session.wait_for("number 22")
    assert f"a cold start: {libraries}/version.py has changed" in shown
    session.wait_for()
    session.type("r")
    assert "cold start" not in session.wait_for("number 22")


def test_a_program_that_sets_the_environment_before_its_imports(watch, project):
    (project / "train.py").write_text(
        "import os\nos.environ['OMP_NUM_THREADS'] = '1'\nprint('begin')\n1 / 0\n"
    )
    session = watch("train.py")
    session.wait_for()
    session.type("r")
    assert "a cold start: the environment variable OMP_NUM_THREADS is another one" in (
        session.wait_for("begin")
    )


def test_resume_beside_a_watch_is_warm(watch, project, edit):
    (project / "train.py").write_text(
        "import os, time\nfor step in range(40):\n    time.sleep(0.01)\n"
        "print('parent', os.getppid())\nprint(1 / 0)\n"
    )
    session = watch("train.py")
    session.wait_for()
    store = project / ".midrun"
    wait_until(lambda: any(entry.ready for entry in keepers(store)))
    [keeper] = keepers(store)
    warm = resume()
    assert f"parent {keeper.pid}\n" in warm.stdout
    assert "ZeroDivisionError" in warm.stderr
    assert warm.returncode == 1
    assert f"parent {os.getpid()}" not in warm.stdout
    assert f"parent {keeper.pid}\n" not in resume("--cold").stdout
    other = resume(OMP_NUM_THREADS="7")
    assert "midrun: a cold start: the environment variable OMP_NUM_THREADS is another one" in (
        other.stderr
    )
    session.type("q")
    session.end()
    assert keepers(store) == []
    wait_until(lambda: not lives(keeper.pid))
    assert "parent" in resume().stdout


def test_a_warm_resume_in_another_terminal_is_interrupted_there(watch, project):
    (project / "train.py").write_text(
        "import time\nfor step in range(40):\n    time.sleep(0.01)\nname = input('name? ')\n"
        "print('hello', name)\ntime.sleep(float(name))\n"
    )
    session = watch("train.py")
    session.wait_for("name?")
    session.type("nobody\n")
    session.wait_for()
    wait_until(lambda: any(entry.ready for entry in keepers(project / ".midrun")))
    other = Session(project, ("resume",))
    other.wait_for("name?")
    other.type("60\n")
    other.wait_for("hello 60")
    other.interrupt()
    assert other.end() == -signal.SIGINT
    assert other.shown.count("KeyboardInterrupt") == 1
    session.type("q")
    session.end()
    assert "KeyboardInterrupt" not in session.shown


def test_a_keeper_without_work_ends(tmp_path):
    job = Job(interpreter(), str(tmp_path), str(tmp_path / "socket"), [], [], "1", dict(os.environ))
    job.idle = 0.2
    job.write(tmp_path / "job.json")
    boot = str(BOOT / "keeper.py")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(job.socket)
        listener.listen()
        ours, theirs = socket.socketpair()
        given = listener.fileno(), theirs.fileno()
        with (
            subprocess.Popen(
                [*job.interpreter, boot, str(tmp_path / "job.json"), *map(str, given)],
                pass_fds=given,
            ) as keeper,
            ours,
            theirs,
        ):
            assert keeper.wait(30) == 0
    assert keepers(tmp_path) == []


def resume(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "midrun", "resume", *arguments],
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_what_a_dead_keeper_has_left_is_removed(tmp_path: Path) -> None:
    entry = Entry(str(tmp_path), 2_000_000_000, "")
    entry.write()
    entry.lock().touch()
    assert keepers(tmp_path) == []
    assert list((tmp_path / "keepers").iterdir()) == []
