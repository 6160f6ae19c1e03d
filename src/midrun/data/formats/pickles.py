"""Pickles such as CIFAR's, unpickled without running anything: only plain containers and arrays."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

from midrun.data import labels
from midrun.data.formats.arrays import compare_lengths
from midrun.data.source import DefectError, Source
from midrun.data.values import Numbers, report_labels

_LARGEST = 2 << 30  # bytes; a pickle can only be read whole
_ALLOWED = frozenset({
    "builtins.set", "builtins.frozenset", "builtins.bytearray", "builtins.complex",
    "builtins.range", "builtins.slice", "__builtin__.set", "__builtin__.frozenset",
    "__builtin__.bytearray", "__builtin__.complex",
    "collections.OrderedDict", "_codecs.encode", "numpy.ndarray", "numpy.dtype",
    "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct",
    "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar",
    "numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer",
})  # fmt: skip


class _Plain(pickle.Unpickler):
    """Makes arrays and containers; whatever else a pickle asks for is refused."""

    def find_class(self, module: str, name: str) -> Any:
        if f"{module}.{name}" not in _ALLOWED:
            raise DefectError("foreign-pickle", f"asks for {module}.{name}; it was not loaded")
        return super().find_class(module, name)


def read(source: Source) -> None:
    """All arrays and lists of labels in it."""
    if source.size > _LARGEST:
        text = f"a pickle of {source.size >> 30} GiB: only those up to 2 GiB are read"
        raise DefectError("bomb", text)
    try:
        value = _Plain(source.file, encoding="latin1").load()
    except (EOFError, pickle.UnpicklingError) as error:
        rule = "truncated" if _ends(error) else "unreadable"
        raise DefectError(rule, "is no whole pickle", str(error)) from None
    lengths = {}
    for name, part in _parts(value, ""):
        lengths[name] = len(part)
        if isinstance(part, list):
            counts: dict[int, int] = {}
            for label in part:
                counts[label] = counts.get(label, 0) + 1
            source.looked.labels = source.looked.labels or counts
            report_labels(source, counts, name)
        else:
            numbers = Numbers(source, name, part.shape, part.dtype)
            numbers.hash(memoryview(part.tobytes()))
            numbers.add(part)
            numbers.finish()
    source.looked.items = max(lengths.values(), default=0)
    compare_lengths(source, lengths)


def _ends(error: Exception) -> bool:
    return isinstance(error, EOFError) or "truncated" in str(error) or "exhausted" in str(error)


def _parts(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Arrays with a length, and lists of labels, by name."""
    if type(value).__name__ == "ndarray":
        if value.ndim and value.dtype.kind in "iufcb":
            yield name, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _parts(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list) and labels.is_label(name):
        if value and all(type(label) is int for label in value):
            yield name, value
    elif isinstance(value, (list, tuple)):
        for number, inner in enumerate(value):
            yield from _parts(inner, f"{name}[{number}]")
