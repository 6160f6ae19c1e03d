"""A command of midrun in a terminal that a test types into."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pexpect

from processes import LIMIT

READY = "q:quit"  # what the invitation ends with


class Session:
    """A command of midrun and its terminal. What it shows is in `shown`."""

    def __init__(self, project: Path, arguments: tuple[str, ...], columns: int = 80) -> None:
        self._spawn = pexpect.spawn(
            sys.executable,
            ["-m", "midrun", *arguments],
            cwd=str(project),
            # Not the environment in C, where readline, which pytest imports, sets COLUMNS.
            env=dict(os.environ),
            encoding="utf-8",
            timeout=LIMIT,
            dimensions=(24, columns),
        )
        self.shown = ""

    def wait_for(self, text: str = READY) -> str:
        """Wait until `text` is shown; what was shown up to there since the last time."""
        self._spawn.expect_exact(text)
        new = str(self._spawn.before) + text
        self.shown += new
        return new.replace("\r\n", "\n")

    def type(self, keys: str) -> None:
        self._spawn.send(keys)

    def interrupt(self) -> None:
        self._spawn.sendintr()

    def kill(self, number: int) -> None:
        self._spawn.kill(number)

    @property
    def pid(self) -> int:
        return int(self._spawn.pid)

    def end(self) -> int:
        """Wait for its end; the exit code, or the negative number of the signal."""
        self._spawn.expect(pexpect.EOF)
        self.shown += str(self._spawn.before)
        self._spawn.close()
        if self._spawn.signalstatus is not None:
            return -int(self._spawn.signalstatus)
        return int(self._spawn.exitstatus)

    def close(self) -> None:
        self._spawn.close(force=True)
