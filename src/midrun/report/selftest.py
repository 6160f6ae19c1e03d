"""Saves a small program in mid-loop, resumes it in a new process, and compares what it prints."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from midrun.run.spec import Spec, command

_PROGRAM = """\
total = 0
for i in range(5):
    total += i
    print(i, total)
print("sum", total)
"""
_OUTPUT = ["0 0", "1 1", "2 3", "3 6", "4 10", "sum 10"]
_SAVED_AFTER = 2  # lines of output, when line 3 is reached for the third time
_LIMIT = 60.0  # seconds for each of the two processes


def try_it() -> str | None:
    """Do it in a temporary folder. Return what did not work, in words; None if all did."""
    with tempfile.TemporaryDirectory(prefix="midrun-doctor-") as name:
        folder = Path(name)
        script = folder / "program.py"
        script.write_text(_PROGRAM)
        store = str(folder / "store")
        saving = Spec(store, str(script), at=[f"{script}:3#{_SAVED_AFTER + 1}"], budget=0.0)
        for what, spec, expected in (
            ("running it", saving, _OUTPUT),
            ("resuming it", Spec(store, savepoint=":1", budget=0.0), _OUTPUT[_SAVED_AFTER:]),
        ):
            fault = _start(spec, folder, expected)
            if fault is not None:
                return f"{what} failed: {fault}"
    return None


def _start(spec: Spec, folder: Path, expected: list[str]) -> str | None:
    """Run one process with a key of its own; the fault, if its output is not as expected."""
    argv, environment = command(spec, [])
    environment |= {"MIDRUN_KEY_FILE": os.fspath(folder / "key")}
    try:
        done = subprocess.run(
            argv, env=environment, cwd=folder, capture_output=True, text=True, timeout=_LIMIT
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:]
        return f"exit code {done.returncode}: {''.join(last)}"
    if (printed := done.stdout.splitlines()) != expected:
        return f"it printed {printed}, not {expected}"
    return None
