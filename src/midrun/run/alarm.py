"""What happens when the sentinel has seen a NaN: it is told where it comes from, and the user says
whether the run goes on."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

from midrun.run import inventory
from midrun.run.seen import Trip
from midrun.run.sentinel import Alarm, Sentinel
from midrun.run.standby import Standby
from midrun.run.steps import watch_steps

if TYPE_CHECKING:
    from midrun.run.current import Run


def install(run: Run, on_nan: str, *, cures: bool) -> None:
    """Put a sentinel on the training of `run`. `on_nan` is "ask", "continue" or "stop"; `cures`
    says whether cures are tried."""
    run.sentinel = Sentinel(_Pause(run, on_nan, cures=cures), run.own.has_file)
    watch_steps(run.sentinel)


_NAMES = {"loss": "loss", "gradient": "gradients", "parameter": "parameters"}


class _Pause(Alarm):
    """The run pauses, and another process tells where the NaN comes from."""

    def __init__(self, run: Run, on_nan: str, *, cures: bool) -> None:
        self._run = run
        self._on_nan = on_nan
        self._standby = Standby(run, cures=cures)

    def calm(self) -> None:
        if not self._is_in_a_child():
            self._standby.prepare()

    def trip(self, trip: Trip) -> None:
        run = self._run
        if self._is_in_a_child():
            return
        run.say(
            f"{trip.value} in the {_NAMES[trip.what]} at backward pass {trip.count.backwards} "
            f"({os.path.relpath(trip.file)}:{trip.line}); all was finite at {trip.clean.backwards}"
        )
        with contextlib.suppress(OSError):
            run.stored.log(trip.record())
        inventory.leave(run, None)
        self._standby.explain()
        if self._on_nan == "stop" or (self._on_nan == "ask" and not _goes_on()):
            sys.stdout.flush()
            run.stop("stopped")

    def fault(self, error: Exception) -> None:
        if os.environ.get("MIDRUN_DEBUG"):
            raise error
        self._run.say(f"the training is not watched for NaN any more ({error!r}); the run goes on")

    def end(self) -> None:
        if not self._is_in_a_child():
            self._standby.close()

    def _is_in_a_child(self) -> bool:
        return os.getpid() != self._run.pid


def _goes_on() -> bool:
    """Ask; where nobody can answer, go on."""
    if not sys.stdin or not sys.stdin.isatty() or not sys.stderr.isatty():
        return True
    sys.stderr.write("midrun: continue the run as it is? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
