"""HDF5 with h5py: every dataset, in blocks."""

from __future__ import annotations

from typing import Any

from midrun.data.formats.arrays import compare_lengths
from midrun.data.libraries import need
from midrun.data.source import BLOCK, LARGEST_ITEM, DefectError, Source
from midrun.data.values import Numbers


def read(source: Source) -> None:
    """All datasets. Links in the file that lead nowhere are entered."""
    h5py = need("h5py")
    try:
        file = h5py.File(source.file, "r")
    except OSError as error:
        rule = "truncated" if "truncated" in str(error) else "unreadable"
        raise DefectError(rule, "is no whole HDF5 file", str(error)) from None
    with file:
        lengths: dict[str, int] = {}
        _read_group(h5py, source, file, "", lengths)
        source.looked.items = max(lengths.values(), default=0)
        source.looked.traits = tuple(sorted(lengths))
        if not lengths:
            raise DefectError("empty", "has no datasets")
        compare_lengths(source, lengths)


def _read_group(h5py: Any, source: Source, group: Any, path: str, lengths: dict[str, int]) -> None:
    for name in group:
        inner = f"{path}/{name}" if path else name
        if group.get(name, getlink=True).__class__ is not h5py.HardLink:
            if group.get(name) is None:
                source.found("dangling-link", "is a link to nothing", inner)
            continue  # what it leads to is met under its own name
        value = group[name]
        if isinstance(value, h5py.Group):
            _read_group(h5py, source, value, inner, lengths)
        elif isinstance(value, h5py.Dataset) and value.shape is not None:
            if value.shape:
                lengths[inner] = value.shape[0]
            _read_dataset(source, value, inner)


def _read_dataset(source: Source, dataset: Any, name: str) -> None:
    shape, dtype = dataset.shape, dataset.dtype
    if 0 in shape:
        source.found("empty", f"has the shape {shape}", name)
        return
    np = need("numpy")
    numbers = Numbers(source, name, shape, dtype)
    row = dtype.itemsize
    for length in shape[1:]:
        row *= length
    step = max(1, 4 * BLOCK // max(row, 1))
    if row > LARGEST_ITEM and shape:
        source.found("bomb", f"has items of {row >> 20} MiB: only up to 64 are read", name)
        return
    if dataset.chunks:  # else each chunk is unpacked several times
        step = max(dataset.chunks[0], step // dataset.chunks[0] * dataset.chunks[0])
    try:
        for at in range(0, shape[0] if shape else 1, step):
            block = dataset[at : at + step] if shape else np.asarray(dataset[()])
            if shape and dtype.kind in "iufb":
                numbers.hash(block.reshape(-1).view(np.uint8).data)
            numbers.add(block)
    except OSError as error:
        text = f"can't be read from item {at} on"
        source.found("unreadable", text, name, str(error).split("\n")[0])
        return
    numbers.finish()
