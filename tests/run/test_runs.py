"""Runs as users see them: when savepoints are taken, what is said, how a run ends and goes on."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import pytest

LOOP = """\
import time
print("ready", flush=True)
for i in range(200):
    time.sleep(0.02)
    print(i, flush=True)
print("end")
"""


def wait_for(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdout is not None
    while process.stdout.readline() != line + "\n":
        pass


def test_sigusr1_saves_and_goes_on(project):
    project.write(LOOP)
    process = project.start("run", "--budget", "0", "a.py")
    wait_for(process, "10")
    process.send_signal(signal.SIGUSR1)
    wait_for(process, "20")
    process.kill()
    process.communicate()
    (manifest,) = project.savepoints()
    assert manifest["reason"] == "SIGUSR1"


TIGHT = """\
def spin(n):
    i = 0
    while i < n:
        i += 1
    return i
print("go", flush=True)
print(spin(40_000_000))
"""


def test_a_signal_stops_a_loop_without_a_call(project):
    project.write(TIGHT)
    process = project.start("run", "--budget", "0", "a.py")
    wait_for(process, "go")
    time.sleep(0.3)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    (manifest,) = project.savepoints()
    assert manifest["position"]["line"] in (3, 4)
    code, out, _ = project.run("resume")
    assert (code, out) == (0, "40000000\n")


def test_the_clock_stops_a_loop_without_a_call(project):
    project.write(TIGHT)
    assert project.run("run", "--budget", "0", "--every", "0.3s", "a.py")[0] == 0
    inside = [m for m in project.savepoints() if m["position"]["line"] in (3, 4)]
    assert inside


UNSAVABLE = """
import time
def slow(x):
    print("go", flush=True)
    for _ in range(1000):
        time.sleep(0.1)
    return x
sorted([1], key=slow)
"""


def test_a_second_sigterm_ends_what_can_not_be_saved(project):
    project.write(UNSAVABLE)
    process = project.start("run", "--budget", "0", "a.py")
    wait_for(process, "go")
    process.send_signal(signal.SIGTERM)
    time.sleep(1)
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=20)
    assert process.returncode == -signal.SIGTERM
    assert "midrun: ended without the savepoint" in err
    assert project.savepoints() == []


def test_sigterm_saves_and_exits_and_the_rest_can_be_run(project):
    project.write(LOOP.replace("200", "60"))
    process = project.start("run", "--budget", "0", "a.py")
    wait_for(process, "10")
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=20)
    assert process.returncode == -signal.SIGTERM
    assert "midrun: saved; continue with: midrun resume" in err
    last = int(("10 " + out).split()[-1])
    code, out, _ = project.run("resume")
    assert code == 0
    assert out.split() == [*map(str, range(last + 1, 60)), "end"]


def test_two_interrupts_save_and_exit(project):
    project.write(LOOP)
    process = project.start("run", "--budget", "0", "a.py")
    wait_for(process, "10")
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == -signal.SIGINT
    assert "saved; continue with" in err


def test_one_interrupt_is_a_keyboard_interrupt(project):
    project.write(LOOP)
    process = project.start("run", "--budget", "0", "a.py")
    wait_for(process, "10")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == -signal.SIGINT
    assert "KeyboardInterrupt" in err
    assert project.savepoints() == []


def test_every_so_often(project):
    project.write(LOOP.replace("200", "60"))
    project.run("run", "--budget", "0", "--every", "0.3", "a.py")
    assert 2 <= len(project.savepoints()) <= 5


def test_before_code_that_has_not_run(project):
    project.write(
        "import time\n"
        "def evaluate():\n    return missing\n"
        "for i in range(30):\n    time.sleep(0.02)\n"
        "evaluate()\n"
    )
    code, _, err = project.run("run", "a.py")
    assert code == 1
    words = err[err.index("NameError") :].splitlines()
    assert len(words) == 3
    assert all(line.startswith("midrun: ") for line in words[1:])
    assert project.savepoints()[-1]["position"]["line"] in (3, 6)
    project.write(
        "import time\n"
        "def evaluate():\n    return print('mended')\n"
        "for i in range(30):\n    time.sleep(0.02)\n"
        "evaluate()\n"
    )
    code, out, _ = project.run("resume")
    assert (code, out) == (0, "mended\n")


def test_a_traceback_has_no_frame_of_midruns(project):
    project.write("def f():\n    1 / 0\nf()\n")
    plain = subprocess.run(
        [sys.executable, "a.py"], cwd=project.folder, capture_output=True, text=True
    )
    code, out, err = project.run("run", "--budget", "0", "a.py")
    assert (code, out, err) == (plain.returncode, plain.stdout, plain.stderr)


def test_a_savepoint_where_none_can_be_is_put_off_and_said_once(project):
    project.write(
        "def key(x):\n    print('key', x)\n    return -x\n"
        "for i in range(3):\n    print(sorted([1, 2], key=key))\n"
    )
    code, out, err = project.run("run", "--budget", "0", "--at", "a.py:2", "a.py")
    assert code == 0
    lines = err.splitlines()
    assert len(lines) == 2
    assert "no savepoint can be taken at a.py:2, because line 5 calls its code through" in lines[0]
    assert lines[1] == "midrun: at a.py:2: taken at a.py:4"
    code, rest, _ = project.run("resume")
    assert code == 0
    assert out.endswith(rest)


def test_named_savepoints_and_a_changed_variable(project):
    project.write(
        "import midrun\n"
        "def train(lr):\n"
        "    for step in range(3):\n"
        "        midrun.savepoint(f'step{step}')\n"
        "        print(step, lr)\n"
        "train(0.1)\n"
    )
    assert project.run("run", "--budget", "0", "a.py")[1] == "0 0.1\n1 0.1\n2 0.1\n"
    assert project.run("resume", ":step1")[1] == "1 0.1\n2 0.1\n"
    assert project.run("resume", "step1", "--set", "lr=lr * 2")[1] == "1 0.2\n2 0.2\n"
    code, _, err = project.run("resume", "step1", "--set", "rate=1")
    assert code == 2
    assert "train() has no variable rate; it has: lr, step" in err


def test_without_the_launcher_a_savepoint_is_nothing(project):
    project.write("import midrun\nmidrun.savepoint()\nprint('on')\n")
    plain = subprocess.run([sys.executable, "a.py"], cwd=project.folder, capture_output=True)
    assert (plain.returncode, plain.stdout) == (0, b"on\n")


def test_a_syntax_error_in_the_edit_loses_nothing(project):
    project.write("for i in range(3):\n    print(i)\n")
    project.run("run", "--budget", "0", "--at", "a.py:2#2", "a.py")
    project.write("for i in range(3):\n    print(i\n")
    code, out, err = project.run("resume")
    assert (code, out) == (2, "")
    assert "a.py, line 2" in err
    assert "^" in err
    project.write("for i in range(3):\n    print(i * 10)\n")
    assert project.run("resume", ":1")[1] == "10\n20\n"


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_children_of_multiprocessing_work(project, method):
    project.write(
        "import multiprocessing as mp\n"
        "def square(x):\n    return x * x\n"
        "if __name__ == '__main__':\n"
        f"    with mp.get_context('{method}').Pool(2) as pool:\n"
        "        print(pool.map(square, range(5)))\n"
    )
    code, out, err = project.run("run", "a.py")
    assert (code, out) == (0, "[0, 1, 4, 9, 16]\n"), err


def test_a_child_that_is_told_to_end_as_soon_as_it_is_forked_ends(project):
    project.write(
        "import os, signal, time\n"
        "for _ in range(5):\n"
        "    if not (child := os.fork()):\n        time.sleep(1)\n        os._exit(0)\n"
        "    os.kill(child, signal.SIGTERM)\n"
        "    print(os.waitpid(child, 0)[1])\n"
    )
    assert project.run("run", "a.py")[:2] == (0, "15\n" * 5)


def test_a_resumed_run_can_be_saved_and_resumed(project):
    project.write("total = 0\nfor i in range(6):\n    total += i\n    print(i, total)\n")
    project.run("run", "--budget", "0", "--at", "a.py:3#3", "a.py")
    code, out, _ = project.run("resume", "--at", "a.py:3#2")
    assert (code, out) == (0, "2 3\n3 6\n4 10\n5 15\n")
    code, out, _ = project.run("resume")
    assert (code, out) == (0, "3 6\n4 10\n5 15\n")


def test_a_disk_that_fails_does_not_stop_the_run(project):
    project.write(
        "import midrun, os, resource, time\n"
        "data = os.urandom(1 << 22)\n"
        "for i in range(3):\n"
        "    if i == 1:\n        time.sleep(1)  # the first is on disk\n"
        "        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16))\n"
        "    midrun.savepoint()\n"
        "    print(i)\n"
    )
    code, out, err = project.run("run", "--budget", "0", "a.py")
    assert (code, out) == (0, "0\n1\n2\n")
    assert err.count("midrun: a savepoint could not be written") == 1
    assert len(project.savepoints()) == 1
    assert project.run("resume")[0] == 0


def test_an_altered_savepoint_is_refused_and_another_python_is_said(project):
    project.write("for i in range(3):\n    print(i)\n")
    project.run("run", "--budget", "0", "--at", "a.py:2#2", "a.py")
    (path,) = project.folder.glob(".midrun/runs/*/savepoints/1/manifest.json")
    manifest = json.loads(path.read_text())
    manifest["versions"]["python"] = "3.10.1"
    path.write_text(json.dumps(manifest))
    code, out, err = project.run("resume")
    assert (code, out) == (2, "")
    assert "--trust" in err
    code, out, err = project.run("resume", "--trust")
    assert (code, out) == (0, "1\n2\n")
    assert "midrun: saved with Python 3.10.1, resumed with Python 3." in err


def test_what_could_not_be_saved_fails_with_its_own_name(project):
    project.write(
        "import socket\n"
        "class Link:\n"
        "    def __init__(self):\n        self.wire = socket.socket()\n"
        "link = Link()\n"
        "for i in range(3):\n    print(i)\n"
        "print(link.wire.fileno() > 0)\n"
    )
    project.run("run", "--budget", "0", "--at", "a.py:7#2", "a.py")
    (note,) = project.savepoints()[0]["notes"]
    assert note["what"] == "link.wire (socket.socket)"
    code, out, err = project.run("resume")
    assert (code, out) == (1, "1\n2\n")
    assert "socket.socket object could not be saved" in err


def test_threads_under_way_are_named_each_once(project):
    project.write(
        "import _thread, queue, threading, time\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "stop = threading.Event()\n"
        "held = threading.Thread(target=stop.wait, name='held', daemon=True)\n"
        "held.start()\n"
        "threading.Thread(target=stop.wait, name='lonely', daemon=True).start()\n"
        "threading.Timer(60, print).start()\n"
        "def raw():\n    stop.wait()\n"
        "_thread.start_new_thread(raw, ())\n"
        "pool = ThreadPoolExecutor(1)\n"
        "pool.submit(int).result()\n"
        "time.sleep(0.1)\n"
        "for i in range(3):\n    print(i)\n"
        "for thread in threading.enumerate():\n    getattr(thread, 'cancel', print)()\n"
        "stop.set()\n"
    )
    project.run("run", "--at", "a.py:15#2", "a.py")
    notes = next(m["notes"] for m in project.savepoints() if m["reason"].startswith("at "))
    named = sorted(note["what"] for note in notes)
    assert named == [
        "held (threading.Thread)",
        "under way: thread 'Thread-1'",
        "under way: thread 'lonely'",
        "under way: thread without a name",
    ]
    code, out, _ = project.run("resume")
    assert (code, out.split()) == (0, ["1", "2"])


def test_a_savepoint_in_a_coroutine_is_put_off_until_its_loop_is_idle(project):
    project.write(
        "import asyncio\n"
        "async def main():\n    for i in range(3):\n        print(i)\n"
        "        await asyncio.sleep(0)\n    return i\n"
        "loop = asyncio.new_event_loop()\n"
        "print(loop.run_until_complete(main()))\n"
        "print(loop.run_until_complete(main()))\n"
        "loop.close()\n"
    )
    code, _, err = project.run("run", "--budget", "0", "--at", "a.py:4#2", "a.py")
    asked, taken = err.strip().splitlines()
    assert code == 0
    assert "no savepoint can be taken at a.py:4, because main is a coroutine" in asked
    assert taken == "midrun: at a.py:4#2: taken at a.py:9"
    assert project.savepoints()[0]["notes"] == []
    assert project.run("resume")[:2] == (0, "0\n1\n2\n2\n")


def test_help_goes_to_the_script(project):
    project.write("import sys\nprint(sys.argv)\n")
    code, out, _ = project.run("run", "a.py", "--help", "--at", "x")
    assert (code, out) == (0, "['a.py', '--help', '--at', 'x']\n")


SETTINGS = """\
import argparse
import midrun

args = argparse.Namespace(lr=0.1, device="cpu")
config = {"optimizer": {"betas": [1, 2]}}


def train(steps):
    rate = args.lr
    for step in range(steps):
        midrun.savepoint(f"step{step}")
        print(step, rate, args.lr, config["optimizer"]["betas"])


def main():
    steps = 2
    train(steps)
    print("steps", steps)


main()
"""


@pytest.mark.parametrize(
    ("assignment", "printed"),
    [
        ("rate=0.5", "1 0.5 0.1 [1, 2]"),
        ("args.lr=args.lr / 10", "1 0.1 0.01 [1, 2]"),
        ("config['optimizer']['betas'][0]=9", "1 0.1 0.1 [9, 2]"),
        ("main.steps=7", "1 0.1 0.1 [1, 2]\nsteps 7"),
    ],
)
def test_set_reaches_what_the_code_can_name(project, assignment, printed):
    project.write(SETTINGS)
    project.run("run", "--budget", "0", "a.py")
    code, out, _ = project.run("resume", "step1", "--set", assignment)
    assert code == 0
    assert out.startswith(printed)


@pytest.mark.parametrize("assignment", ["lr", "1=2", "nowhere.lr=1", "args.lr=1/0"])
def test_what_cannot_be_set_is_said(project, assignment):
    project.write(SETTINGS)
    project.run("run", "--budget", "0", "a.py")
    code, _, err = project.run("resume", "step1", "--set", assignment)
    assert code == 2
    assert f"--set {assignment}: " in err


def test_what_still_names_an_accelerator_is_said(project):
    project.write(SETTINGS.replace('"cpu"', '"cuda:0"'))
    project.run("run", "--budget", "0", "a.py")
    code, _, err = project.run("resume", "step1", "--device", "cpu")
    assert code == 0
    assert "args.device still names an accelerator" in err
    assert "--set args.device=\"'cpu'\"" in err
