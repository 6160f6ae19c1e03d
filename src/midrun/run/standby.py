"""The process that tells where a NaN comes from, started before there is one.

Between an alarm and the answer, the libraries of the program have to be imported once more, which
takes longer than all the rest. So, once a training has gone on for long enough that it makes no
difference, `midrun why` is started and waits at its standard input, with a keeper beside it
(`warm`). A line says that there was an alarm, and the end of the input that the savepoints are on
disk; an end without a line, that the run is over.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from midrun.processors import processors
from midrun.run import inventory

if TYPE_CHECKING:
    from midrun.run.current import Run

COST = 2.0  # seconds of a processor that it takes to import torch, for two processes
_ALARM = b"alarm\n"


class Standby:
    """`midrun why` for `run`; `cures` says whether it tries cures."""

    def __init__(self, run: Run, *, cures: bool) -> None:
        self._run = run
        self._cures = cures
        self._process: subprocess.Popen[bytes] | None = None
        self._began: float | None = None
        self._is_ready = False
        self._share = run.policy.budget * processors()

    def prepare(self) -> None:
        """The training goes on: start it, as soon as that takes less than the share of the time,
        on all processors, that midrun may have."""
        now = time.monotonic()
        if self._began is None:
            self._began = now
        elif not self._is_ready and (now - self._began) * self._share >= COST:
            self._is_ready = True
            inventory.leave(self._run, None)
            self._start()

    def explain(self) -> None:
        """Have it tell where the NaN of the run comes from, and wait for that; meanwhile, write the
        savepoints that are only in memory."""
        sys.stdout.flush()
        if not self._tell():
            self._start()
            self._tell()
        self._run.finish_writing(from_memory=True)
        if self._process is not None:
            self._process.communicate()
            self._process = None

    def close(self) -> None:
        """The run is over. Not waited for."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.returncode = 0  # else it warns that it is left running
            self._process = None

    def _start(self) -> None:
        stored = self._run.stored
        command = [sys.executable, "-m", "midrun", "why", stored.id, "--standby"]
        command += ["--store", str(stored.store.folder)]
        command += [] if self._cures else ["--no-cures"]
        environment = {**os.environ, "PYTHONHASHSEED": "random"}
        with contextlib.suppress(OSError):
            self._process = subprocess.Popen(
                command, env=environment, stdin=subprocess.PIPE, stdout=2
            )

    def _tell(self) -> bool:
        """Say that there was an alarm; whether it was heard."""
        process = self._process
        if process is None or process.stdin is None or process.poll() is not None:
            return False  # none yet, or it was killed
        with contextlib.suppress(OSError):
            process.stdin.write(_ALARM)
            process.stdin.flush()
            return True
        return False
