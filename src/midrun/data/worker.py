"""The process that looks at files for another: batches of paths in, what was seen out."""

from __future__ import annotations

import signal
import warnings
from collections import defaultdict
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
    by_shape: dict[tuple[int, int, int], list[Looked]] = defaultdict(list)
    for one in looked:
        if one.thumb is not None:
            width, height, pixels = one.thumb
            by_shape[height, width, len(pixels) // (width * height)].append(one)
    if by_shape and has("numpy"):
        for shape, pictures in by_shape.items():  # all at once: that is where NumPy is fast
            found = hashes(shape, b"".join(one.thumb[2] for one in pictures if one.thumb))
            for one, likeness in zip(pictures, found, strict=True):
                one.likeness = likeness
    return looked


def _digest(paths: list[str]) -> list[bytes]:
    return [digest_of(path) for path in paths]


def _alike(pairs: list[tuple[str, str]]) -> list[bool]:
    return [alike(one, other) for one, other in pairs]


_TASKS: dict[str, Any] = {"look": _look, "digest": _digest, "alike": _alike}
