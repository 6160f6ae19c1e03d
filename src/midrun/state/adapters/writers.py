"""Writers of event files (TensorBoard): after a resume they write on, into a new file beside the
old one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry


def add(registry: Registry) -> None:
    module = "tensorboard.summary.writer.event_file_writer"
    registry.register(f"{module}.EventFileWriter", _event_file)


def _event_file(obj: Any, saver: Saver) -> Any:
    # The writer's thread and queue belong to the process: what is queued is written first.
    obj.flush()
    return _new_event_file, (type(obj), obj.get_logdir())


def _new_event_file(kind: Any, folder: str) -> Any:
    return kind(folder)
