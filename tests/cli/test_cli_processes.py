"""The command as a process: the script's words are its own, and exit codes are true."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from midrun.report import proof
from midrun.verify.verify import Point, Report
from processes import lives, wait_until

ECHO = """\
import sys
print(sys.argv)
sys.stdout.flush()
sys.stdout.buffer.write(bytes(range(256)))
sys.stderr.write("words\\n")
sys.exit(7)
"""


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--at", "x", "--", "-m", "a b", ""], ["--every"], ["-h", "--version"]],
)
def test_what_follows_the_script_is_the_scripts(midrun, project, arguments):
    (project / "echo.py").write_text(ECHO)
    plain = subprocess.run([sys.executable, "echo.py", *arguments], capture_output=True)
    under = midrun("run", "--budget", "0", "echo.py", *arguments)
    assert (under.returncode, under.stdout, under.stderr) == (7, plain.stdout, plain.stderr)


def test_a_module(midrun, project):
    (project / "tools").mkdir()
    (project / "tools" / "echo.py").write_text(ECHO)
    command = [sys.executable, "-m", "tools.echo", "--help"]
    plain = subprocess.run(command, capture_output=True)
    under = midrun("run", "-m", "tools.echo", "--help")
    assert (under.returncode, under.stdout, under.stderr) == (7, plain.stdout, plain.stderr)
    assert (project / ".midrun" / "runs").is_dir()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nothing.py"], "there is no script nothing.py in "),
        (["-m", "no.such"], "there is no module no.such that can be run from "),
        (["--at", "train.py", "train.py"], "--at train.py: this is no place; write FILE:LINE"),
        (["--at", "x.py:1", "train.py"], "--at x.py:1: there is no file x.py"),
        (["--at", "train.py:99", "train.py"], "--at train.py:99: no statement begins at or after"),
    ],
)
def test_what_cannot_be_run(midrun, arguments, sentence):
    done = midrun("run", *arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith(f"midrun: {sentence}")
    assert done.stderr.count(b"\n") == 1


def test_save_list_resume_and_set(midrun, project):
    assert midrun("run", "--at", "train.py:4#2", "train.py").stdout == b"3\n"
    [root] = json.loads(midrun("ls", "--json").stdout)
    assert [s["line"] for s in root["savepoints"]] == [4]
    assert midrun("resume").stdout == b"3\n"
    assert midrun("resume", root["id"], "--set", "total=100").stdout == b"103\n"
    [root] = json.loads(midrun("ls", "--json").stdout)
    assert [run["command"] for run in root["continuations"]] == ["", "--set total=100"]
    assert midrun("resume", "--strict").stdout == b"3\n"
    (project / "sub").mkdir()
    again = midrun("resume", "--store", str(project / ".midrun"), root["id"] + ":1")
    assert again.stdout == b"3\n"


def test_run_and_resume_do_not_wait_for_rich(project):
    code = "import sys, midrun.cli.main, midrun.cli.run; import midrun.report.finding; "
    code += "import midrun.run.spec; print({'rich', 'torch', 'numpy'} & {*sys.modules})"
    assert subprocess.check_output([sys.executable, "-c", code]) == b"set()\n"


def test_output_that_nobody_reads(midrun, project, make_run):
    make_run()
    command = f"{sys.executable} -m midrun ls | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True)
    assert done.stderr == b""
    assert done.stdout in (b"0\n", b"1\n")


def test_output_in_ascii(midrun, project, make_run):
    (project / "train.py").write_text((project / "train.py").read_text() + "# héé\n")
    first = make_run()
    make_run(parent=f"{first.id}:1")
    for command in ("ls", "show"):
        done = midrun(command, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.isascii()


def test_doctor(midrun, project, make_run):
    make_run()
    done = midrun("doctor", "--json")
    checks = {check["name"]: check for check in json.loads(done.stdout)}
    assert (checks["self test"]["works"], checks["self test"]["found"]) == (
        True, "a small program was saved and resumed",
    )  # fmt: skip
    assert checks["python"]["works"] is True
    assert checks["runs"]["found"] == "1 run (0 running), 1 savepoint"
    assert checks["through"]["works"] is None
    assert done.returncode == 0


def test_doctor_finds_a_broken_key(call, project, monkeypatch):
    (project / "bad key").write_text("short")
    monkeypatch.setenv("MIDRUN_KEY_FILE", str(project / "bad key"))
    monkeypatch.setattr("midrun.report.health.try_it", lambda: None)
    result = call("doctor")
    assert result.code == 1
    assert "FAILS" in next(line for line in result.out.splitlines() if line.startswith("key"))


def test_verify(midrun, project):
    done = midrun("verify", "--points", "2", "--seed", "5", "train.py")
    header, *rows, summary = done.stdout.decode().splitlines()
    assert header.endswith("--seed 5")
    assert len(rows) == 2
    assert all(row.endswith("agrees") for row in rows)
    assert summary.startswith("all 2 agree bit for bit")
    assert done.returncode == 0
    assert not (project / ".midrun").exists()


WORKERS = """\
import multiprocessing, pathlib, sys, time

def work():
    time.sleep(600)

worker = multiprocessing.get_context("fork").Process(target=work, daemon=True)
worker.start()
with open(sys.argv[1], "a") as file:
    file.write(f"{worker.pid}\\n")
for i in range(200):
    time.sleep(0.001)
"""


def test_verify_leaves_no_workers_of_the_runs_that_it_stops(midrun, project, tmp_path):
    (project / "train.py").write_text(WORKERS)
    pids = tmp_path / "pids"
    midrun("verify", "--points", "2", "--stop", "train.py", str(pids))
    started = [*map(int, pids.read_text().split())]
    assert len(started) > 1
    wait_until(lambda: not any(map(lives, started)))


SAVES = """import midrun
for i in range(9):
    midrun.savepoint(f"round {i}")
    print(i)
"""


@pytest.mark.parametrize("how", [(), ("--stop",)], ids=["", "stop"])
def test_verify_of_a_script_that_takes_savepoints_itself(midrun, project, how):
    (project / "train.py").write_text(SAVES)
    done = midrun("verify", "--points", "3", "--seed", "5", *how, "train.py")
    *_, summary = done.stdout.decode().splitlines()
    assert re.fullmatch(r"all \d agree bit for bit; .*the script took [\d.]+ s", summary)


def test_verify_of_a_script_that_is_not_deterministic(midrun, project):
    (project / "train.py").write_text("import os\nprint(1)\nprint('x ' * os.getpid())\n")
    done = midrun("verify", "--points", "1", "train.py")
    assert done.returncode == 3
    assert "not deterministic by itself" in done.stdout.decode().splitlines()[-1]
    assert "line 2 of the output" in done.stdout.decode()


def point(*faults: str, notes: int = 0) -> Point:
    return Point(1, "train.py:4 in train", "1", 1.5, 0.012, list(faults), notes)


def test_verify_in_words_and_exit_codes():
    assert " ".join(proof.row(point(notes=1)).split()) == (
        "1 train.py:4 in train 1.50 MiB 12 ms agrees (1 object not saved)"
    )
    assert proof.row(point("exit code 1, not 0", "b")).endswith("exit code 1, not 0; b")
    good, bad = Report(5, 1.0, [point()]), Report(5, 1.0, [point("a"), point()])
    assert (proof.exit_code(good), proof.exit_code(bad)) == (0, 1)
    assert proof.summary(bad).startswith("1 of 2 differ")
    crashed = Report(5, 1.0, [point()], code=1, last="KeyError: 'lr'")
    assert proof.summary(crashed).endswith("ends with exit code 1 (KeyError: 'lr'), resumed or not")
    assert proof.exit_code(Report(5, 1.0, failed="it ended at once")) == 1
    assert proof.exit_code(Report(5, 1.0, undetermined="line 2")) == 3
    assert json.loads(proof.dump(good))["agreed"] is True
