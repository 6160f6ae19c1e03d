"""A project in a temporary folder, and the command line called in this process and in another."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from midrun.cli.main import main
from midrun.store import Run, Savepoint, Store

SCRIPT = """\
def train(steps):
    total = 0
    for step in range(steps):
        total += step
    return total


print(train(3))
"""


@dataclass
class Result:
    code: int
    out: str
    err: str


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a project with train.py and a key of its own."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").touch()
    (folder / "train.py").write_text(SCRIPT)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("MIDRUN_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.delenv("MIDRUN_STORE", raising=False)
    monkeypatch.delenv("COLUMNS", raising=False)
    return folder


@pytest.fixture
def call(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Result]:
    """call("ls", "--json") runs the command line in this process."""

    def call(*arguments: str) -> Result:
        monkeypatch.setattr(sys, "argv", ["midrun", *arguments])
        with pytest.raises(SystemExit) as exit_:
            main()
        captured = capsys.readouterr()
        return Result(exit_.value.code, captured.out, captured.err)

    return call


@pytest.fixture
def midrun(project: Path) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """midrun("run", "train.py") runs the command line in a process of its own."""

    def midrun(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "midrun", *arguments],
            env=os.environ | environment,
            capture_output=True,
            timeout=60,
        )

    return midrun


@pytest.fixture
def store(project: Path) -> Store:
    return Store(project / ".midrun")


@pytest.fixture
def make_run(store: Store, project: Path) -> Callable[..., Run]:
    """make_run(parent=None, status="finished", **info) -> an ended run of train.py"""

    def make_run(
        parent: str | None = None, status: str | None = "finished", savepoints: int = 1, **info: Any
    ) -> Run:
        facts = {"target": "train.py", "is_module": False, "argv": ["--lr", "0.1"]}
        facts |= {"roots": [str(project)], "through": []}
        run = store.new_run(facts | info, parent=parent)
        for number in range(savepoints):
            save(run, project / "train.py", name="warm" if number else None)
        if status is not None:
            run.update(status=status, elapsed=2.5)
        run.close()
        return run

    return make_run


def save(run: Run, file: Path, name: str | None) -> Savepoint:
    """A savepoint as the run layer makes them, in the loop of train.py."""
    frames = [
        {"file": str(file), "line": 8, "function": "<module>", "text": "print(train(3))"},
        {"file": str(file), "line": 4, "function": "train", "text": "total += step"},
    ]
    note = {"kind": "missing", "what": "sock (socket.socket)", "why": "it is a connection"}
    draft = run.draft()
    draft.put(b"weights" * 1000)
    manifest = {
        "name": name,
        "reason": "now and then",
        "position": frames[-1],
        "stack": frames,
        "elapsed": 83.0,
        "stall": 0.012,
        "notes": [note],
        "seen": {str(file): [[2, 4], [4, 8]]},
        "sources": {str(file): run.keep_source(file.read_text())},
        "versions": {"python": "3.11.7", "midrun": "0.1.0"},
    }
    return draft.finish(b"a pickle", manifest).wait(10)
