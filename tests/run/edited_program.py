"""A script that is run to a place, edited and resumed, each time in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent


@dataclass
class Resumed:
    """What a resumed program printed, and what midrun said."""

    lines: list[str]
    said: str
    code: int


class Program:
    """A script that is run up to a place and resumed after edits."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._run: str | None = None
        self._environment = {**os.environ, "MIDRUN_KEY_FILE": str(folder / "key")}

    def write(self, text: str, name: str = "a.py") -> None:
        (self.folder / name).write_text(dedent(text).lstrip("\n"))

    def edit(self, old: str, new: str, name: str = "a.py") -> None:
        text = (self.folder / name).read_text()
        assert text.count(old) == 1, f"{old!r} is in the source {text.count(old)} times"
        (self.folder / name).write_text(text.replace(old, new))

    def run(self, marker: str = "# here", count: int = 1, name: str = "a.py") -> None:
        """Run with a savepoint at the line that holds `marker`."""
        lines = (self.folder / name).read_text().splitlines()
        (line,) = [n for n, text in enumerate(lines, 1) if marker in text]
        done = self._midrun("run", "--at", f"{name}:{line}#{count}", "a.py")
        assert list((self.folder / ".midrun/runs").glob("*/savepoints/1")), done.stderr

        if self._run is None:
            (self._run,) = os.listdir(self.folder / ".midrun/runs")

    def resume(self) -> Resumed:
        """Continue from the savepoint of the first run."""
        done = self._midrun("resume", f"{self._run}:1")
        return Resumed(done.stdout.splitlines(), done.stderr, done.returncode)

    def _midrun(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "midrun", *arguments],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
