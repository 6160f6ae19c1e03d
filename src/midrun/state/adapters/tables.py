"""Arrow: the memory of tables leaves the pickle as blobs; files that are read are opened again."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from midrun.state.adapters.memory import hold
from midrun.state.adapters.ondisk import OnDisk, on_disk

if TYPE_CHECKING:
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry


def add(registry: Registry) -> None:
    registry.register("pyarrow.lib.Buffer", _buffer)
    for name in ("OSFile", "MemoryMappedFile"):
        registry.register(f"pyarrow.lib.{name}", _file)
    for name in ("_parquet.ParquetReader", "lib._RecordBatchFileReader", "lib.RecordBatchReader"):
        registry.register(f"pyarrow.{name}", _reader)


def _buffer(obj: Any, saver: Saver) -> Any:
    if not obj.size or not obj.is_cpu:
        return NotImplemented
    target, offset = hold(saver, obj.address, obj.size, obj)
    return _new_buffer, (target, offset, obj.size)


def _new_buffer(target: Any, offset: int, size: int) -> Any:
    import pyarrow

    return pyarrow.py_buffer(target).slice(offset, size)


def _file(obj: Any, saver: Saver) -> Any:
    if obj.closed or obj.writable():
        return saver.give_up(obj, "it is closed, or open for writing")
    path = os.path.realpath(f"/proc/self/fd/{obj.fileno()}")
    if not os.path.isfile(path):
        return saver.give_up(obj, f"{path} is no file that stands on disk")
    return _open, (type(obj), on_disk(path, saver, written=False), obj.tell())


def _open(kind: Any, path: OnDisk, position: int) -> Any:
    file = kind(path, "r")
    file.seek(position)
    return file


def _reader(obj: Any, saver: Saver) -> Any:
    return saver.give_up(
        obj, "Arrow does not tell what file it reads; tables and pyarrow.dataset can be saved"
    )
