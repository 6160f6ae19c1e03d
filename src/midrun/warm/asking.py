"""Asking a keeper for a process, and waiting for the end of that."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import time
from dataclasses import dataclass
from typing import Any, Protocol

from midrun.run import spec as specs
from midrun.run.spec import Spec
from midrun.store import Savepoint
from midrun.warm.wire import receive, send

_PATIENCE = 60.0  # seconds for a keeper to import the rest and answer
_TRIES, _MOMENT = 50, 0.01  # seconds between two looks at whether a process has a new parent
_FAILED = 1 << 8  # the status of a process that has ended with exit code 1


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


@dataclass(frozen=True)
class Setting:
    """What a process is put into: its folder, the descriptors that become its standard streams
    (None: not open), its process group (0 if the keeper belongs to another session), and the signal
    that it gets if the process that waits for it is gone."""

    group: int
    cwd: str
    streams: tuple[int | None, ...]
    deserted: int = signal.SIGTERM

    @classmethod
    def own(cls, group: int) -> Setting:
        """The folder and the streams of this process."""
        return cls(group, os.getcwd(), tuple(n if _is_open(n) else None for n in range(3)))


def start_warm(
    address: str, spec: Spec, arguments: list[str], savepoint: Savepoint | None, setting: Setting
) -> Child:
    """Have the keeper that listens at `address` fork a process. `savepoint` is that of `spec`.

    Raises NoKeeper if it can't be had.
    """
    argv, environment = specs.command(spec, arguments)
    keeper = socket.socket(socket.AF_UNIX)
    keeper.settimeout(_PATIENCE)
    request = {
        "command": argv,
        "arguments": 1 + len(arguments),
        "environ": environment,
        "changes": savepoint.manifest["environ"] if savepoint is not None else {},
        "cwd": setting.cwd,
        "umask": _umask(),
        "group": setting.group,
        "blocked": [int(number) for number in signal.pthread_sigmask(signal.SIG_BLOCK, [])],
        "interruptible": signal.getsignal(signal.SIGINT) is not signal.SIG_IGN,
        "deserted": int(setting.deserted),
        "standard": [descriptor is not None for descriptor in setting.streams],
    }
    try:
        keeper.connect(address)
        send(keeper, request, [number for number in setting.streams if number is not None])
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
