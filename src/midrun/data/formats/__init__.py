"""The formats, one module each: a function `read(source)` that looks into a file to its end."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable

from midrun.data.kinds import PICTURES
from midrun.data.source import Source

# Where each format of `kinds` is read.
_MODULES = {
    "csv": "tables", "tsv": "tables", "jsonl": "jsonlines", "json": "jsonlines",
    "parquet": "parquet", "npy": "arrays", "npz": "arrays", "torch": "tensors", "hdf5": "hdf5",
    "idx": "idx", "pickle": "pickles", "tar": "tars", "text": "texts",
}  # fmt: skip


@functools.cache
def reader(kind: str) -> Callable[[Source], None]:
    """The function that reads files of a format of `kinds`, which is imported when it is needed."""
    name = "pictures" if kind in PICTURES else _MODULES[kind]
    found: Callable[[Source], None] = importlib.import_module(f"midrun.data.formats.{name}").read
    return found
