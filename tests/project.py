"""A folder with scripts, and midrun called in it as a user does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from textwrap import dedent


class Project:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.environment = {**os.environ, "MIDRUN_KEY_FILE": str(folder.parent / "key")}

    def write(self, text: str, name: str = "a.py") -> None:
        (self.folder / name).write_text(dedent(text).lstrip("\n"))

    def line(self, text: str, name: str = "a.py") -> int:
        """The number of the first line that has `text` in it."""
        lines = (self.folder / name).read_text().splitlines()
        return next(number for number, line in enumerate(lines, 1) if text in line)

    def start(self, *arguments: str, typed: bool = False) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "midrun", *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.PIPE if typed else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # A job in the background of a shell ignores it, and its children with it.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def run(self, *arguments: str, typed: str | None = None) -> tuple[int, str, str]:
        """The exit code, stdout and stderr of `midrun ARGUMENTS`, with `typed` as its input."""
        process = self.start(*arguments, typed=typed is not None)
        out, err = process.communicate(typed, timeout=60)
        return process.returncode, out, err

    def savepoints(self) -> list[dict]:
        """The manifests."""
        found = self.folder.glob(".midrun/runs/*/savepoints/*/manifest.json")
        return [json.loads(path.read_text()) for path in sorted(found)]
