"""NumPy's .npy and .npz, read in blocks to the end; pickled objects in them are not loaded."""

from __future__ import annotations

import zipfile
import zlib
from typing import Any, BinaryIO

from midrun.data import labels
from midrun.data.libraries import need
from midrun.data.source import BLOCK, LARGEST_ITEM, DefectError, Source
from midrun.data.splits import split_of_name
from midrun.data.values import Numbers


def read(source: Source) -> None:
    """All arrays of the file."""
    if source.looked.format == "npz":
        _read_archive(source)
    else:
        shape, dtype = read_array(source, source.file, "", source.size)
        source.looked.traits = (str(dtype), shape[1:])
        source.looked.items = shape[0] if shape else 1


def _read_archive(source: Source) -> None:
    try:
        archive = zipfile.ZipFile(source.file)
    except zipfile.BadZipFile as error:
        text = "the zip archive's table of contents is not at its end"
        raise DefectError("truncated", text, str(error)) from None
    lengths: dict[str, int] = {}
    with archive:
        for member in archive.infolist():
            name = member.filename.removesuffix(".npy")
            try:
                with archive.open(member) as file:
                    shape, _ = read_array(source, file, name, member.file_size)
            except (zipfile.BadZipFile, zlib.error, EOFError) as error:
                raise DefectError("unreadable", f"{name} is damaged: {error}") from None
            if shape:
                lengths[name] = shape[0]
    if not lengths:
        raise DefectError("empty", "has no arrays")
    source.looked.items = max(lengths.values())
    source.looked.traits = tuple(sorted(lengths))
    compare_lengths(source, lengths)


def read_array(source: Source, file: Any, where: str, size: int) -> tuple[tuple[int, ...], Any]:
    """One array in NumPy's format; `size` is that of `file` in bytes. Returns shape and type."""
    form = need("numpy.lib.format")
    try:
        version = form.read_magic(file)
        header = form.read_array_header_1_0 if version == (1, 0) else form.read_array_header_2_0
        shape, fortran, dtype = header(file)
    except ValueError as error:
        rule = "truncated" if "EOF" in str(error) else "unreadable"
        raise DefectError(rule, "has no whole NumPy header", str(error)) from None
    if dtype.hasobject:
        raise DefectError("foreign-pickle", "an array of Python objects; it was not loaded")
    count = 1
    for length in shape:
        count *= length
    if not count:
        source.found("empty", f"has the shape {shape}", where)
        return shape, dtype
    need_bytes, there = count * dtype.itemsize, size - file.tell()
    if there < need_bytes:
        text = f"{there} bytes of {dtype} {shape}, which takes {need_bytes}"
        raise DefectError("truncated", f"{where}: {text}" if where else text)
    # In Fortran's order, blocks hold no whole items; and some items are too large for a block.
    large = count * dtype.itemsize > LARGEST_ITEM * shape[0] if shape else False
    order = (count,) if (fortran and len(shape) > 1) or large else shape
    _read_blocks(file, Numbers(source, where, order, dtype), order, dtype)
    return shape, dtype


def _read_blocks(file: BinaryIO, numbers: Numbers, shape: tuple[int, ...], dtype: Any) -> None:
    """Read it in one buffer, that stays in the processor's cache."""
    np = need("numpy")
    items, item = shape[0] if shape else 1, dtype.itemsize
    for length in shape[1:]:
        item *= length
    step = max(1, BLOCK // max(item, 1))
    buffer = bytearray(min(step, items) * item)
    for at in range(0, items, step):
        view = memoryview(buffer)[: min(step, items - at) * item]
        fill(file, view)
        numbers.hash(view)
        block = np.frombuffer(view, dtype)
        numbers.add(block.reshape(-1, *shape[1:]) if shape else block.reshape(()))
    numbers.finish()


def fill(file: BinaryIO, view: memoryview) -> None:
    """Read so many bytes. Raises DefectError ("truncated")."""
    done = 0
    while done < len(view):
        count = file.readinto(view[done:])  # type: ignore[attr-defined]
        if not count:
            raise DefectError("truncated", f"{len(view) - done} bytes are missing at its end")
        done += count


def compare_lengths(source: Source, lengths: dict[str, int]) -> None:
    """Enter labels that are a few more or less than the items of their split, such as y_train and
    x_train, where nothing else has their length."""
    for name, length in lengths.items():
        if not labels.is_label(name):
            continue
        split = split_of_name(name)
        others = {n: k for n, k in lengths.items() if n != name and split_of_name(n) == split}
        near = [n for n, k in others.items() if 0.9 * k < length < 1.1 * k]
        if near and length not in others.values():
            text = f"{near[0]} has {others[near[0]]} items, {name} {length}"
            source.found("length-mismatch", text)
