"""Files in compressed files and archives: gzip, bz2, lzma, zip, tar.

What is being read is unpacked again from its beginning up to the same place, since the state of a
decompressor can't be had. What is being written goes on after what was packed so far, with a new
compressor: the contents are the same, the packed bytes need not be.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

from midrun.state.missing import Missing

if TYPE_CHECKING:
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry


def add(registry: Registry) -> None:
    registry.register("_compression.DecompressReader", _unpacking)
    registry.register("gzip.GzipFile", _gzip)
    registry.register("zipfile._ZipWriteFile", _member_written)
    registry.register("zipfile.ZipExtFile", _member_read)
    for name in ("bz2.BZ2Compressor", "lzma.LZMACompressor"):
        registry.register(f"_{name}", _other_compressor)


def _new(kind: Any) -> Any:
    return kind.__new__(kind)


def _unpacking(obj: Any, saver: Saver) -> Any:
    """The raw reader of gzip, bz2 and lzma files; the buffer over it then seeks to its place."""
    state = {name: value for name, value in vars(obj).items() if name != "_decompressor"}
    return _new, (type(obj),), state, None, None, _begin_unpacking


def _begin_unpacking(obj: Any, state: dict[str, Any]) -> None:
    vars(obj).update(state)
    if not obj.closed and type(obj._fp) is not Missing:
        obj._rewind()


def _gzip(obj: Any, saver: Saver) -> Any:
    if "compress" not in vars(obj):
        return NotImplemented
    if not obj.closed and isinstance(getattr(obj, "_buffer", None), io.BufferedWriter):
        obj._buffer.flush()  # since 3.12: into the compressor
    return _packing(obj, "compress")


def _member_written(obj: Any, saver: Saver) -> Any:
    if not isinstance(obj._compressor, type(zlib.compressobj())):
        return NotImplemented
    return _packing(obj, "_compressor")


def _packing(obj: Any, name: str) -> Any:
    """A writer with a zlib compressor as its attribute `name`: a copy of it tells what else it
    would write if it had to end a block here."""
    tail = b"" if obj.closed else getattr(obj, name).copy().flush(zlib.Z_SYNC_FLUSH)
    state = {key: value for key, value in vars(obj).items() if key != name}
    return _new, (type(obj),), (state, name, tail), None, None, _go_on_packing


def _go_on_packing(obj: Any, saved: tuple[dict[str, Any], str, bytes]) -> None:
    state, name, tail = saved
    vars(obj).update(state)
    # A level is no attribute of a compressor. What follows needs nothing of what came before.
    setattr(obj, name, zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS))
    if not tail:
        return
    file = obj.fileobj if hasattr(obj, "fileobj") else obj._fileobj
    if type(file) is not Missing:
        file.write(tail)
        if hasattr(obj, "_compress_size"):  # of a member of a zip file
            obj._compress_size += len(tail)


def _other_compressor(obj: Any, saver: Saver) -> Any:
    return saver.give_up(obj, "what it has taken in can't be had; gzip and zip with deflate can")


def _member_read(obj: Any, saver: Saver) -> Any:
    if obj.closed or not obj.seekable():
        return NotImplemented
    state = {name: value for name, value in vars(obj).items() if name != "_decompressor"}
    return _new, (type(obj),), (state, obj.tell()), None, None, _go_on_reading


def _go_on_reading(obj: Any, saved: tuple[dict[str, Any], int]) -> None:
    """As if it had been read to its end, from where a seek begins anew."""
    state, position = saved
    vars(obj).update(state)
    obj._decompressor = zipfile._get_decompressor(obj._compress_type)  # type: ignore[attr-defined]
    if type(getattr(obj._fileobj, "_file", None)) is Missing:
        return
    obj._left, obj._readbuffer, obj._offset = 0, b"", 0
    obj.seek(0)
    obj.seek(position)
