"""Writers of event files (TensorBoard): after a resume they write on, into a new file beside the
old one, which is cut back to what it held at the savepoint.

So a reader of the folder finds each event once. What was written after the savepoint, by the first
run or by a resume that was given up, is kept with the run that resumes now.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from midrun.state import rebuild

if TYPE_CHECKING:
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry


def add(registry: Registry) -> None:
    module = "tensorboard.summary.writer.event_file_writer"
    registry.register(f"{module}.EventFileWriter", _event_file)


def _event_file(obj: Any, saver: Saver) -> Any:
    if obj._async_writer._closed:
        return saver.give_up(obj, "it is closed")
    # The writer's thread and queue belong to the process: what is queued is written first.
    obj.flush()
    folder = obj.get_logdir()
    lengths: dict[str, int] = {}
    if os.path.isdir(folder):
        folder = os.path.abspath(folder)
        lengths = {name: os.path.getsize(os.path.join(folder, name)) for name in _files(folder)}
    own = os.path.basename(obj._file_name)
    found = _NAME.fullmatch(own)
    suffix = found["suffix"] if found else ""
    return _new_event_file, (
        type(obj), obj.get_logdir(), folder, own, suffix, lengths, rebuild.keep, rebuild.report,
    )  # fmt: skip


# tensorboard/summary/writer/event_file_writer.py
_NAME = re.compile(r"events\.out\.tfevents\.\d+\.(?P<host>.+)\.(?P<pid>\d+)\.\d+(?P<suffix>.*)")


def _files(folder: str) -> list[str]:
    """The event files in a folder, and in those that `add_scalars` makes in it."""
    return sorted(
        os.path.relpath(os.path.join(base, name), folder)
        for base, _, names in os.walk(folder)
        for name in names
        if _NAME.fullmatch(name)
    )


def _new_event_file(
    kind: Any,
    name: str,
    folder: str,
    own: str,
    suffix: str,
    lengths: dict[str, int],
    keep: Callable[[str, int], None],
    report: Callable[[str, str], None],
) -> Any:
    if os.path.isdir(folder):
        for file in _files(folder):
            path = os.path.join(folder, file)
            if file == own and os.path.getsize(path) > lengths[file]:
                keep(path, lengths[file])
                os.truncate(path, lengths[file])
            elif file not in lengths and _belongs(file, own):
                keep(path, 0)
                os.unlink(path)
                report(path, "was begun after the savepoint; it is kept in the run's folder `cut`")
    return kind(name, filename_suffix=suffix)


def _belongs(file: str, own: str) -> bool:
    """Whether a file that was begun after the savepoint is from what went on from there: a process
    that ran here and is no more, and that wrote into the folder itself or is the one that saved."""
    found, saved = _NAME.fullmatch(os.path.basename(file)), _NAME.fullmatch(own)
    if found is None or saved is None or found["host"] != socket.gethostname():
        return False
    pid = int(found["pid"])
    inside = os.path.dirname(file) == "" or found["pid"] == saved["pid"]
    return inside and pid != os.getpid() and not os.path.exists(f"/proc/{pid}")
