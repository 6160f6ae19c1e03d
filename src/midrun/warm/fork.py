"""What a forked process does to be like one that was started: the arguments, the environment, the
folder, the terminal and the random numbers of who asked for it."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from dataclasses import dataclass, field
from typing import Any

from midrun.warm import streams


@dataclass
class Request:
    """A process that is asked for, by one whose process group is `group` (0 if that is in another
    session). `command` is its command line, of which the last `arguments` are those of `boot`;
    `changes` are those that the program makes to the environment before its imports; it gets the
    signal `deserted` if the one who asked goes away; `standard` says of the three standard
    descriptors which are open; these come as `descriptors`."""

    command: list[str]
    arguments: int
    environ: dict[str, str]
    changes: dict[str, str | None]
    cwd: str
    umask: int
    group: int
    blocked: list[int]
    interruptible: bool
    deserted: int
    standard: list[bool]
    descriptors: list[int] = field(default_factory=list)


def become(request: Request) -> list[str]:
    """Be the process that was asked for; its arguments for `boot`."""
    _join(request.group)
    if not request.interruptible:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    opened = iter(request.descriptors)
    streams.replace([next(opened) if there else None for there in request.standard])
    os.chdir(request.cwd)
    os.umask(request.umask)
    os.environ.clear()
    os.environ.update(request.environ)
    sys.orig_argv[:] = request.command
    sys.argv[:] = request.command[-request.arguments - 1 :]
    importlib.invalidate_caches()
    _draw_new_seeds()
    signal.pthread_sigmask(signal.SIG_SETMASK, request.blocked)
    return request.command[-request.arguments :]


def _join(group: int) -> None:
    """Be in the group that the terminal's keys reach; in another session, in none: who asked passes
    them on."""
    if not group:
        os.setsid()
    elif os.getpgrp() != group:
        os.setpgid(0, group)


def _draw_new_seeds() -> None:
    """Those that a library draws from the system when it is imported. (Python's own `random` does
    it at each fork.)"""
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()
    torch: Any = sys.modules.get("torch")
    if torch is not None:
        torch.default_generator.seed()  # that of the CPU; others begin with a fixed one
