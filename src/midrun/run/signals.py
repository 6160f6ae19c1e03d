"""Signals: SIGUSR1 saves and goes on, SIGTERM and a second SIGINT save and exit. One more number
serves to stop the main thread; nobody sends that signal, the clock only has its handler run."""

from __future__ import annotations

import _thread
import os
import signal
import time
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from midrun.run.policy import Reason

if TYPE_CHECKING:
    from midrun.run.current import Run

STOP = signal.SIGURG  # ignored where nobody handles it; Go's runtime chose it for this purpose too
Handler = Callable[[int, types.FrameType | None], None]
_PATIENCE = 10.0  # seconds from SIGTERM until the program ends without a savepoint
_SECOND_INTERRUPT = 1.0  # seconds in which a second Ctrl-C counts


def install(run: Run) -> None:
    """Set the handlers where the program was started with Python's own."""
    handlers = run.handlers = Handlers(run)
    for number, default, handler in handlers.table():
        if signal.getsignal(number) is default:
            signal.signal(number, handler)
    os.register_at_fork(
        before=handlers.hold,
        after_in_parent=handlers.release,
        after_in_child=handlers.forked,
    )


class Handlers:
    """The handlers of one run."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._terminating = False
        self._masks: dict[int, set[int]] = {}  # of the threads that fork, as they were before

    def __reduce__(self) -> Any:
        # Programs put handlers aside, to set them again: after a resume, those of the new run.
        return getattr, (self._run, "handlers")

    def table(self) -> list[tuple[signal.Signals, Any, Handler]]:
        """Each signal, what handles it in Python, and what does here."""
        return [
            (signal.SIGUSR1, signal.SIG_DFL, self.save),
            (signal.SIGTERM, signal.SIG_DFL, self.terminate),
            (signal.SIGINT, signal.default_int_handler, self.interrupt),
            (STOP, signal.SIG_DFL, self.stop),
        ]

    def stop(self, number: int, frame: types.FrameType | None) -> None:
        self._run.stop_soon()

    def save(self, number: int, frame: types.FrameType | None) -> None:
        self._run.ask(Reason("SIGUSR1"))

    def terminate(self, number: int, frame: types.FrameType | None) -> None:
        """Save and exit; without a savepoint at a second one, or if none can be taken for a
        while: nobody waits for ever for a program that was told to end."""
        if self._terminating:
            self._run.leave_unsaved()
            return
        self._terminating = True
        self._run.ask(Reason("SIGTERM", then="terminate"))
        _thread.start_new_thread(_terminate_later, ())

    def interrupt(self, number: int, frame: types.FrameType | None) -> None:
        """Ctrl-C interrupts as ever, after a moment in which a second one asks for a savepoint."""
        if not hasattr(signal, "sigtimedwait"):  # macOS
            signal.default_int_handler(number, frame)
        self._run.say("interrupted; press Ctrl-C again within a second to save before the exit")
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            again = signal.sigtimedwait({signal.SIGINT}, _SECOND_INTERRUPT)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        if again is None:
            signal.default_int_handler(number, frame)
        self._run.ask(Reason("Ctrl-C", then="interrupt"))

    def hold(self) -> None:
        """Before a fork: no signal that would end the child is delivered until `forked`. Python
        forgets what comes in between, so that who ends a child at once would wait for it for ever
        (a pool of processes does that)."""
        deadly = [number for number, default, _ in self.table() if default is signal.SIG_DFL]
        self._masks[_thread.get_ident()] = signal.pthread_sigmask(signal.SIG_BLOCK, deadly)

    def release(self) -> None:
        """After a fork: as it was before."""
        signal.pthread_sigmask(signal.SIG_SETMASK, self._masks.pop(_thread.get_ident()))

    def forked(self) -> None:
        """After a fork, in the child: a signal does there what it would do in Python."""
        self.remove()
        self.release()

    def remove(self) -> None:
        """Back to Python's own."""
        for number, default, handler in self.table():
            if signal.getsignal(number) == handler:
                signal.signal(number, default)


def _terminate_later() -> None:
    while True:
        time.sleep(_PATIENCE)
        _thread.interrupt_main(signal.SIGTERM)
