"""How this process behaves while another one runs a script, and starting that cold."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import types
from typing import Any, NoReturn

from midrun.run import spec as specs
from midrun.run.spec import Spec
from midrun.warm.asking import Child

_PASSED_ON = (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1)
_KEYS = (signal.SIGINT, signal.SIGQUIT)
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36  # sys/prctl.h


def start_cold(spec: Spec, arguments: list[str]) -> Child:
    """Start an interpreter of its own. It ends as by SIGTERM when this process dies."""
    argv, environment = specs.command(spec, arguments)
    return subprocess.Popen(argv, env=environment, close_fds=False, preexec_fn=_end_with_parent)


def adopt_orphans() -> None:
    """Become the parent of what a keeper leaves behind when it is killed."""
    _prctl(_PR_SET_CHILD_SUBREAPER)


def end_by(number: int) -> NoReturn:
    """End this process by a signal, as a child did."""
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    raise SystemExit(128 + number)


def reap() -> None:
    """Forget what has ended of what was adopted."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


class Attention:
    """While a child runs, it gets the signals that are sent to this process; those that the keys of
    the terminal send reach it by themselves if it has the `same_terminal`. `told` are the signals
    that told this process to end. A context manager, entered before the child is started."""

    def __init__(self, *, same_terminal: bool) -> None:
        self.child: Child | None = None
        self.told: list[int] = []
        self._same_terminal = same_terminal
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Attention:
        handlers: dict[signal.Signals, Any] = dict.fromkeys(_PASSED_ON, self._pass_on)
        handlers |= dict.fromkeys(_KEYS, self._key)
        if not self._same_terminal:
            handlers[signal.SIGTSTP] = self._stop
        for number, handler in handlers.items():
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, handler)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _pass_on(self, number: int, frame: types.FrameType | None) -> None:
        if number != signal.SIGUSR1:
            self.told.append(number)
        self._send(number)

    def _key(self, number: int, frame: types.FrameType | None) -> None:
        if self.child is None:
            raise KeyboardInterrupt  # a keeper may take long to answer
        if not self._same_terminal:
            self._send(number)

    def _stop(self, number: int, frame: types.FrameType | None) -> None:
        self._send(signal.SIGSTOP)
        os.kill(os.getpid(), signal.SIGSTOP)
        self._send(signal.SIGCONT)

    def _send(self, number: int) -> None:
        if self.child is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.child.pid, number)


def _end_with_parent() -> None:
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _prctl(option: int, value: int = 1) -> None:
    with contextlib.suppress(AttributeError):  # Linux alone has it
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
