"""Processes that run a script: started cold, or forked from a keeper; and how this process behaves
while one runs."""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import socket
import subprocess
import time
import types
from typing import Any, NoReturn, Protocol

from midrun.loop.wire import receive, send
from midrun.run import spec as specs
from midrun.run.spec import Spec
from midrun.store import Savepoint

_PASSED_ON = (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1)
_PATIENCE = 60.0  # seconds for a keeper to import the rest and answer
_TRIES, _MOMENT = 50, 0.01  # seconds between two looks at whether a process has a new parent
_FAILED = 1 << 8  # the status of a process that has ended with exit code 1
_KEYS = (signal.SIGINT, signal.SIGQUIT)
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36  # sys/prctl.h


class Child(Protocol):
    """A process that runs a script."""

    pid: int

    def wait(self) -> int:
        """Wait for its end; its exit code, or the negative number of the signal that ended it."""


class NoKeeper(Exception):
    """No process could be had from a keeper; the message says why."""


class Forked:
    """A child of a keeper."""

    def __init__(self, keeper: socket.socket, pid: int) -> None:
        self.pid = pid
        self._keeper = keeper

    def wait(self) -> int:
        try:
            status = int(receive(self._keeper)[0]["status"])
        except (EOFError, OSError):  # the keeper is dead; its child, if it lives, is ours now
            status = _adopted(self.pid)
        self._keeper.close()
        return os.waitstatus_to_exitcode(status)


def start_cold(spec: Spec, arguments: list[str]) -> Child:
    """Start an interpreter of its own. It ends as by SIGTERM when this process dies."""
    argv, environment = specs.command(spec, arguments)
    return subprocess.Popen(argv, env=environment, close_fds=False, preexec_fn=_end_with_parent)


def start_warm(
    address: str, spec: Spec, arguments: list[str], savepoint: Savepoint | None, *, group: int
) -> Child:
    """Have the keeper that listens at `address` fork a process. `savepoint` is that of `spec`;
    `group` is the process group, 0 if the keeper belongs to another session.

    Raises NoKeeper if it can't be had.
    """
    argv, environment = specs.command(spec, arguments)
    keeper = socket.socket(socket.AF_UNIX)
    keeper.settimeout(_PATIENCE)
    standard = [_is_open(descriptor) for descriptor in range(3)]
    request = {
        "command": argv,
        "arguments": 1 + len(arguments),
        "environ": environment,
        "changes": savepoint.manifest["environ"] if savepoint is not None else {},
        "cwd": os.getcwd(),
        "umask": _umask(),
        "group": group,
        "blocked": [int(number) for number in signal.pthread_sigmask(signal.SIG_BLOCK, [])],
        "interruptible": signal.getsignal(signal.SIGINT) is not signal.SIG_IGN,
        "standard": standard,
    }
    try:
        keeper.connect(address)
        send(keeper, request, [number for number in range(3) if standard[number]])
        answer: dict[str, Any] = receive(keeper)[0]
    except TimeoutError as error:
        keeper.close()
        raise NoKeeper(f"the keeper has not answered for {_PATIENCE:.0f} s") from error
    except (EOFError, OSError) as error:
        keeper.close()
        raise NoKeeper("the keeper has ended") from error
    if "pid" not in answer:
        keeper.close()
        raise NoKeeper(str(answer["refused"]))
    keeper.settimeout(None)
    return Forked(keeper, answer["pid"])


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


def _adopted(pid: int) -> int:
    """Wait for a process whose parent has died, of which this one becomes the parent in a moment,
    unless another one does: then its status stays unknown, which counts as a failure."""
    with contextlib.suppress(ProcessLookupError):
        descriptor = os.pidfd_open(pid)
        try:
            for _ in range(_TRIES):
                with contextlib.suppress(ChildProcessError):
                    return os.waitpid(pid, 0)[1]
                time.sleep(_MOMENT)
            select.select([descriptor], [], [])
        finally:
            os.close(descriptor)
    return _FAILED


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _end_with_parent() -> None:
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _prctl(option: int, value: int = 1) -> None:
    with contextlib.suppress(AttributeError):  # Linux alone has it
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
