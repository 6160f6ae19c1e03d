"""The idx format of MNIST, gzipped or not (yann.lecun.com/exdb/mnist: the magic number gives type
and dimensions, the dimensions follow as 4 bytes each, all big-endian)."""

from __future__ import annotations

import gzip
import io
import struct
import zlib
from typing import BinaryIO, cast

from midrun.data.formats.arrays import fill
from midrun.data.libraries import need
from midrun.data.source import BLOCK, LARGEST_ITEM, DefectError, Source
from midrun.data.values import Numbers

_TYPES = {8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}


def read(source: Source) -> None:
    """The array, and whether there is just as much as the header says."""
    file = source.file
    packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    if packed:
        file = cast(BinaryIO, gzip.GzipFile(fileobj=file))
    try:
        _read(source, io.BufferedReader(file, BLOCK) if packed else file)  # type: ignore[type-var]
    except EOFError:
        raise DefectError("truncated", "its gzip stream is cut off") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise DefectError("unreadable", f"its gzip stream is damaged: {error}") from None


def _read(source: Source, file: BinaryIO) -> None:
    np = need("numpy")
    head = file.read(4)
    if len(head) < 4 or head[:2] != b"\0\0" or head[2] not in _TYPES or not head[3]:
        raise DefectError("wrong-content", f"does not begin as idx does, but with {head.hex()}")
    sizes = file.read(4 * head[3])
    if len(sizes) < 4 * head[3]:
        raise DefectError("truncated", "ends in its header")
    shape = struct.unpack(f">{head[3]}I", sizes)
    dtype = np.dtype(_TYPES[head[2]])
    item = dtype.itemsize
    for length in shape[1:]:
        item *= length
    if not shape[0] * item:
        raise DefectError("empty", f"has the shape {shape}")
    total = shape[0] * item
    if file is source.file and total > source.size:
        text = f"its header says {total} bytes, and {source.size} are there"
        raise DefectError("truncated", text)
    if item > LARGEST_ITEM:
        raise DefectError("bomb", f"its header says that an item has {item >> 20} MiB")
    looked = source.looked
    looked.items, looked.traits = shape[0], (str(dtype), shape[1:])
    numbers = Numbers(source, "", shape, dtype)
    step = max(1, BLOCK // max(1, item))
    for at in range(0, shape[0], step):
        view = memoryview(bytearray(min(step, shape[0] - at) * item))
        try:
            fill(file, view)
        except DefectError:
            text = f"its header says {shape[0]} items of {item} bytes, which are not all there"
            raise DefectError("truncated", text) from None
        numbers.hash(view)
        numbers.add(np.frombuffer(view, dtype).reshape(-1, *shape[1:]))
    if file.read(1):
        source.found("length-mismatch", f"goes on after the {shape[0]} items of its header")
    numbers.finish()
