"""Savepoints in a library whose loop calls the program back seldom, or never."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

LIBRARY = """
import time

def loop(rounds):
    total = 0
    for number in range(rounds):
        total += number
        time.sleep(0.01)
    return total

def leave(callback):
    for number in range(3):
        try:
            if number == 1:
                continue
        finally:
            callback(number)

def order(values, callback):
    return sorted(values, key=callback)
"""


class Project:
    """A script beside an installed package `framework`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "project"
        package = folder / "site-packages" / "framework"
        package.mkdir(parents=True)
        self.folder.mkdir()
        (package / "__init__.py").write_text(LIBRARY)
        self._environment = {
            **os.environ,
            "PYTHONPATH": str(package.parent),
            "MIDRUN_KEY_FILE": str(folder / "key"),
        }

    def midrun(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "midrun", *arguments],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def savepoints(self) -> dict[str, str]:
        """The file of the innermost frame of each savepoint, by the savepoint's name."""
        found = sorted(self.folder.glob(".midrun/runs/*/savepoints/*/manifest.json"))
        return {
            f"{path.parts[-4]}:{path.parts[-2]}": json.loads(path.read_text())["position"]["file"]
            for path in found
        }


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.mark.slow
def test_a_loop_that_calls_nothing_of_the_program(project: Project) -> None:
    (project.folder / "a.py").write_text("import framework\nprint(framework.loop(250))\n")
    done = project.midrun("run", "--every", "0.5s", "a.py")
    assert done.stdout == f"{sum(range(250))}\n", done.stderr
    within = [name for name, file in project.savepoints().items() if "framework" in file]
    assert within
    assert project.midrun("resume", within[0]).stdout == done.stdout


CALLBACK = """
import framework, midrun

def callback(number):
    print("called", number)
    if number == 1:
        midrun.savepoint()
        print("on")

framework.leave(callback)
print("end")
"""


def test_a_jump_into_a_finally_names_the_option_which_helps(project: Project) -> None:
    (project.folder / "a.py").write_text(CALLBACK)
    done = project.midrun("run", "a.py")
    assert "--through framework takes note of that (in framework)" in done.stderr
    earlier = set(project.savepoints())
    done = project.midrun("run", "--through", "framework", "a.py")
    assert "no savepoint can be taken" not in done.stderr
    (name,) = set(project.savepoints()) - earlier
    assert project.midrun("resume", name).stdout == "on\ncalled 2\nend\n"


def test_what_is_in_the_way_names_the_package(project: Project) -> None:
    text = CALLBACK.replace("leave(callback)", "order([2, 1], callback)")
    (project.folder / "a.py").write_text(text)
    done = project.midrun("run", "a.py")
    assert "calls its code through sorted (in framework)" in done.stderr
