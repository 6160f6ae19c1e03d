"""What is wrong in numbers: NaN, infinity, and columns with one value only, block by block."""

from __future__ import annotations

import os
from typing import Any

from midrun.data import labels
from midrun.data.libraries import need
from midrun.data.source import Source

_WIDEST = 4096  # columns of a table; what is wider is no table, and only looked at as a whole
_SHORTEST = 3  # rows that make a constant column worth a word
_SMALLEST_ITEM = 64  # bytes: shorter rows are the same by chance
_MOST_ROWS = 2_000_000
_KINDS_OF_NUMBERS = "iufcb"


class Numbers:
    """An array that comes in blocks of whole items, in the order of its first dimension.

    `shape` and `dtype` are those of the whole, `where` names it in the file. NaN and infinity are
    counted, with the item that had the first; extremes are kept for the array, or for each column
    if it is a table; items are hashed, so that equal ones can be found; labels are counted.
    """

    def __init__(self, source: Source, where: str, shape: tuple[int, ...], dtype: Any) -> None:
        self._np = need("numpy")
        self._source = source
        self._where = where
        self._shape = shape
        self._kind = dtype.kind
        self._table = len(shape) == 2 and 1 < shape[1] <= _WIDEST
        self._bad = {"nan": 0, "inf": 0}
        self._first: dict[str, int] = {}
        self._low: Any = None
        self._high: Any = None
        self._done = 0
        item = dtype.itemsize
        for size in shape[1:]:
            item *= size
        self._item = item
        hashed = len(shape) >= 2 and item >= _SMALLEST_ITEM and shape[0] <= _MOST_ROWS
        self._hashes: bytearray | None = bytearray() if hashed else None
        self._is_label = len(shape) == 1 and labels.is_label(where or os.path.basename(source.name))
        self._counts: dict[int, int] = {}

    def add(self, block: Any) -> None:
        """The next items."""
        if self._kind not in _KINDS_OF_NUMBERS or not block.size:
            self._done += len(block) if block.ndim else 1
            return
        np = self._np
        if self._kind == "c":
            block = block.view(block.real.dtype)
        elif block.dtype == np.float16:  # there is no fast comparison of these
            block = block.astype(np.float32)
        if self._is_label:
            self._count(block)
        low, high = self._extremes(block)
        if self._kind in "fc" and not (np.isfinite(low).all() and np.isfinite(high).all()):
            block = self._look_closer(block)
            if self._kind == "c" or not block.size:
                self._done += len(block)
                return
            with np.errstate(invalid="ignore"):
                low, high = self._extremes(block, finite=True)
        self._low = low if self._low is None else np.fmin(self._low, low)
        self._high = high if self._high is None else np.fmax(self._high, high)
        self._done += len(block) if block.ndim else 1

    def hash(self, block: bytes | memoryview) -> None:
        """The bytes of the next items."""
        if self._hashes is not None:
            import xxhash

            view, size = memoryview(block), self._item
            digest = xxhash.xxh3_64_digest
            self._hashes += b"".join(
                [digest(view[at : at + size]) for at in range(0, len(view), size)]
            )

    def finish(self) -> None:
        """Enter what was found."""
        source, looked = self._source, self._source.looked
        unit = "item" if self._shape else "value"
        for rule, words in (("nan", "NaN"), ("inf", "infinite")):
            if count := self._bad[rule]:
                total = 1
                for size in self._shape:
                    total *= size
                text = f"{count} of {total} values {'is' if count == 1 else 'are'} {words}"
                source.found(rule, text, self._place(f"{unit} {self._first[rule]}"))
        self._find_constants()
        if self._counts and not looked.labels:
            looked.labels = self._counts
            report_labels(source, self._counts, self._where)
        if self._hashes and len(self._hashes) > len(looked.rows):
            looked.rows = bytes(self._hashes)

    def _place(self, text: str) -> str:
        return f"{self._where}, {text}" if self._where else text

    def _extremes(self, block: Any, finite: bool = False) -> tuple[Any, Any]:
        """The least and greatest value, of each column in a table; NaN if there is one, unless
        only `finite` values count."""
        np = self._np
        low, high = (np.fmin, np.fmax) if finite else (np.minimum, np.maximum)
        if not self._table:
            return low.reduce(block, axis=None), high.reduce(block, axis=None)
        if block.shape[1] > 16:
            return low.reduce(block, axis=0), high.reduce(block, axis=0)
        columns = [block[:, column] for column in range(block.shape[1])]  # the faster way, if few
        return (
            np.array([low.reduce(column) for column in columns]),
            np.array([high.reduce(column) for column in columns]),
        )

    def _look_closer(self, block: Any) -> Any:
        """Count what is not finite. Returns the block with NaN for infinity."""
        np = self._np
        rows = block.reshape(len(block), -1) if block.ndim else block.reshape(1, 1)
        for rule, test in (("nan", np.isnan), ("inf", np.isinf)):
            bad = test(rows)
            if count := int(bad.sum()):
                self._bad[rule] += count
                self._first.setdefault(rule, self._done + int(bad.any(axis=1).argmax()))
        return np.where(np.isinf(block), np.nan, block)

    def _find_constants(self) -> None:
        if self._low is None or self._kind == "c" or (self._shape and self._shape[0] < _SHORTEST):
            return
        same = self._np.atleast_1d(self._low == self._high)
        if not self._table:
            if same.all() and self._shape and self._source.size > 1024:
                self._source.found("constant-column", f"every value is {self._low}", self._where)
            return
        if constant := self._np.flatnonzero(same).tolist():
            value = self._np.atleast_1d(self._low)[constant[0]]
            text = f"{len(constant)} of {len(same)} columns: the first is always {value:g}"
            self._source.found("constant-column", text, self._place(f"column {constant[0]}"))

    def _count(self, block: Any) -> None:
        np = self._np
        whole = block[np.isfinite(block)] if self._kind == "f" else block
        values, counts = np.unique(whole, return_counts=True)
        fraction = self._kind == "f" and bool((values % 1).any())
        if fraction or len(self._counts) + len(values) > 2 * labels.MOST:
            self._is_label, self._counts = False, {}
            return
        for value, count in zip(values.tolist(), counts.tolist(), strict=True):
            self._counts[int(value)] = self._counts.get(int(value), 0) + count


def report_labels(source: Source, counts: dict[int, int], where: str = "") -> None:
    """Enter labels that are out of range."""
    values, why = labels.out_of_range(counts)
    if values:
        number = sum(counts[value] for value in values)
        text = f"{number} of {sum(counts.values())} labels: {labels.shown(values)}; {why}"
        source.found("label-range", text, where)
