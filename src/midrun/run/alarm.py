"""What happens when the sentinel has seen a NaN: it is told where it comes from, and the user says
whether the run goes on."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from midrun.run import inventory
from midrun.run.sentinel import Sentinel, Trip
from midrun.run.steps import watch_steps

if TYPE_CHECKING:
    from midrun.run.current import Run


def install(run: Run, on_nan: str, *, cures: bool) -> None:
    """Put a sentinel on the training of `run`. `on_nan` is "ask", "continue" or "stop"; `cures`
    says whether cures are tried."""
    run.sentinel = Sentinel(
        lambda trip: _pause(run, trip, on_nan, cures),
        run.own.has_file,
        None if os.environ.get("MIDRUN_DEBUG") else lambda error: _gave_up(run, error),
    )
    watch_steps(run.sentinel)


def _gave_up(run: Run, error: Exception) -> None:
    run.say(f"the training is not watched for NaN any more ({error!r}); the run goes on")


def _pause(run: Run, trip: Trip, on_nan: str, cures: bool) -> None:
    if os.getpid() != run.pid:  # a forked child
        return
    run.say(
        f"{trip.value} in the {_NAMES[trip.what]} at backward pass {trip.count.backwards} "
        f"({os.path.relpath(trip.file)}:{trip.line}); all was finite at {trip.clean.backwards}"
    )
    with contextlib.suppress(OSError):
        run.stored.log(trip.record())
    inventory.leave(run, None)
    _explain(run, cures)
    if on_nan == "stop" or (on_nan == "ask" and not _goes_on()):
        sys.stdout.flush()
        run.stop("stopped")


_NAMES = {"loss": "loss", "gradient": "gradients", "parameter": "parameters"}


def _explain(run: Run, cures: bool) -> None:
    """Have another process tell where it comes from, while this one waits. It starts while the
    savepoints in memory are written, and is told of their end by that of its input."""
    command = [sys.executable, "-m", "midrun", "why", run.stored.id, "--once-written"]
    command += ["--store", str(run.stored.store.folder), *([] if cures else ["--no-cures"])]
    environment = {**os.environ, "PYTHONHASHSEED": "random"}
    sys.stdout.flush()
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=2)
            stack.enter_context(process)
        run.finish_writing(from_memory=True)


def _goes_on() -> bool:
    """Ask; where nobody can answer, go on."""
    if not sys.stdin or not sys.stdin.isatty() or not sys.stderr.isatty():
        return True
    sys.stderr.write("midrun: continue the run as it is? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
