"""Writers of event files (TensorBoard, tensorboardX): after a resume they write on, into a new file
beside the old one, which is cut back to what it held at the savepoint.

So a reader of the folder finds each event once. What was written after the savepoint, by the first
run or by a resume that was given up, is kept with the run that resumes now.
"""

from __future__ import annotations

import os
import re
import socket
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from midrun.state import rebuild

if TYPE_CHECKING:
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry


def add(registry: Registry) -> None:
    module = "tensorboard.summary.writer.event_file_writer"
    registry.register(f"{module}.EventFileWriter", _event_file)
    registry.register("tensorboardX.event_file_writer.EventFileWriter", _event_file_x)


def _event_file(obj: Any, saver: Saver) -> Any:
    if obj._async_writer._closed:
        return saver.give_up(obj, "it is closed")
    # The writer's thread and queue belong to the process: what is queued is written first.
    obj.flush()
    return _plan(obj, obj._file_name, {})


def _event_file_x(obj: Any, saver: Saver) -> Any:
    if obj._closed:
        return saver.give_up(obj, "it is closed")
    # What is queued is written when its thread has ended. `flush` does not wait for that.
    thread = obj._worker
    thread.stop()
    obj._ev_writer.flush()
    obj._worker = type(thread)(obj._event_queue, obj._ev_writer, obj._flush_secs)
    obj._worker.start()
    options = {"max_queue_size": obj._event_queue._maxsize, "flush_secs": obj._flush_secs}
    return _plan(obj, obj._ev_writer._file_name, options)


def _plan(obj: Any, path: str, options: dict[str, Any]) -> Any:
    folder = obj.get_logdir()
    lengths: dict[str, int] = {}
    if os.path.isdir(folder):
        folder = os.path.abspath(folder)
        lengths = {name: os.path.getsize(os.path.join(folder, name)) for name in _files(folder)}
    own = os.path.basename(path)
    found = _NAME.fullmatch(own)
    suffix = found["suffix"] if found else ""
    return _new_event_file, (
        type(obj), obj.get_logdir(), folder, own, suffix, lengths, rebuild.keep, rebuild.report,
        options,
    )  # fmt: skip


# tensorboard/summary/writer/event_file_writer.py; tensorboardX's names have no process in them.
_NAME = re.compile(
    rf"events\.out\.tfevents\.\d+\."
    rf"(?:(?P<host>.+)\.(?P<pid>\d+)\.\d+|{re.escape(socket.gethostname())})(?P<suffix>.*)"
)


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
    options: dict[str, Any] | None = None,
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
    if options:
        # tensorboardX would write over a file that was begun in this second.
        taken = f"events.out.tfevents.{{}}.{socket.gethostname()}{suffix}"
        while os.path.exists(os.path.join(folder, taken.format(int(time.time())))):
            time.sleep(0.05)
    return kind(name, filename_suffix=suffix, **(options or {}))


def _belongs(file: str, own: str) -> bool:
    """Whether a file that was begun after the savepoint is from what went on from there: a process
    that ran here and is no more, and that wrote into the folder itself or is the one that saved."""
    found, saved = _NAME.fullmatch(os.path.basename(file)), _NAME.fullmatch(own)
    if found is None or saved is None or found["host"] != socket.gethostname():
        return False  # no process is named in a file of tensorboardX's
    pid = int(found["pid"])
    inside = os.path.dirname(file) == "" or found["pid"] == saved["pid"]
    return inside and pid != os.getpid() and not os.path.exists(f"/proc/{pid}")
