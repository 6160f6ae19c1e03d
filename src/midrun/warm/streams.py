"""The standard streams of a process that was forked: the objects stay, since libraries hold them,
and are made anew in place, as the interpreter makes them (create_stdio in Python/pylifecycle.c)."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from typing import BinaryIO, cast

_MODES = {"stdin": "rb", "stdout": "wb", "stderr": "wb"}


class _Muted(io.FileIO):
    """A descriptor whose output is dropped. It still says truly whether it is a terminal."""

    def write(self, data: object) -> int:
        return memoryview(data).nbytes  # type: ignore[arg-type]


def mute() -> None:
    """Drop what this process writes to its streams: what libraries print when they are imported
    has been seen."""
    for descriptor, name, stream in _streams():
        if name != "stdin":
            raw = _Muted(descriptor, "wb", closefd=False)
            buffer = raw if stream.write_through else io.BufferedWriter(raw)
            _make_anew(stream, cast(BinaryIO, buffer), name)


def replace(descriptors: list[int | None]) -> None:
    """Make these the standard descriptors, and the streams as a new interpreter would."""
    for standard, descriptor in enumerate(descriptors):
        if descriptor is None:
            with contextlib.suppress(OSError):
                os.close(standard)
        else:
            os.dup2(descriptor, standard)
            os.close(descriptor)
    for descriptor, name, stream in _streams():
        if descriptors[descriptor] is None:
            setattr(sys, name, None)
            setattr(sys, f"__{name}__", None)
            continue
        buffering = 0 if stream.write_through and name != "stdin" else -1  # python -u
        opened = io.open(descriptor, _MODES[name], buffering, closefd=False)  # noqa: SIM115, UP020
        _make_anew(stream, cast(BinaryIO, opened), name)


def _streams() -> Iterator[tuple[int, str, io.TextIOWrapper]]:
    for descriptor, name in enumerate(_MODES):
        stream = getattr(sys, f"__{name}__")
        if isinstance(stream, io.TextIOWrapper):
            yield descriptor, name, stream


def _make_anew(stream: io.TextIOWrapper, buffer: BinaryIO, name: str) -> None:
    stream.flush()
    setattr(getattr(buffer, "raw", buffer), "name", f"<{name}>")  # noqa: B010
    unbuffered = stream.write_through
    io.TextIOWrapper.__init__(
        stream,
        buffer,
        encoding=stream.encoding,
        errors=stream.errors,
        newline="\n",
        line_buffering=not unbuffered and (name == "stderr" or buffer.isatty()),
        write_through=unbuffered,
    )
