"""The process that looks at files for another: batches of paths in, what was seen out."""

from __future__ import annotations

import signal
import warnings
from multiprocessing.connection import Connection
from typing import Any

from midrun.data.libraries import has
from midrun.data.likeness import alike, hashes
from midrun.data.look import digest_of, look_at
from midrun.data.source import Looked


def serve(fd: int) -> None:
    """Answer requests until the other side is gone: (name of a function below, its argument)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends us
    warnings.simplefilter("ignore")  # of libraries: they are for those who use the data
    with Connection(fd) as line:
        line.send("ready")
        while True:
            try:
                name, argument = line.recv()
                line.send(_TASKS[name](argument))
            except (EOFError, BrokenPipeError, ConnectionResetError):
                return


def _look(paths: list[str]) -> list[Looked]:
    looked = [look_at(path) for path in paths]
    if any(one.thumb for one in looked):
        _shorten(looked)
    return looked


def _shorten(looked: list[Looked]) -> None:
    """Turn thumbs into their hashes, all at once: that is where NumPy is fast."""
    if has("numpy"):
        pictures = [one for one in looked if one.thumb]
        for one, found in zip(pictures, hashes([one.thumb for one in pictures]), strict=True):
            one.thumb = found


def _digest(paths: list[str]) -> list[bytes]:
    return [digest_of(path) for path in paths]


def _alike(pairs: list[tuple[str, str]]) -> list[bool]:
    return [alike(one, other) for one, other in pairs]


_TASKS: dict[str, Any] = {"look": _look, "digest": _digest, "alike": _alike}
