"""CSV and TSV with Python's own reader: every row, and what the columns hold."""

from __future__ import annotations

import csv
import itertools
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from midrun.data import labels
from midrun.data.formats.texts import lines
from midrun.data.source import DefectError, Source
from midrun.data.values import report_labels

_ROWS = 256  # that are looked at together: few enough to stay in a cache
_FIRST = 20  # rows that tell the width
_FIELD = 16 << 20  # characters
_MOST_WORDS = 0.05  # a column with more words among its numbers is one of words
_SHORTEST = 3  # rows that make a constant column worth a word
_MISSING = frozenset({"", "na", "n/a", "null", "none"})  # as pandas takes them


@dataclass
class Column:
    """What a column holds: how many cells of which kind, and where the first was."""

    name: str
    numbers: int = 0
    words: int = 0
    empty: int = 0
    bad: dict[str, int] = field(default_factory=dict)  # nan, inf
    first: dict[str, int] = field(default_factory=dict)  # row of the first word, empty cell, ...
    word: str = ""
    value: str | None = None  # of all cells so far, if they are alike
    alike: bool = True
    counts: dict[int, int] | None = None  # of labels


def read(source: Source) -> None:
    """Read all rows; rows count from 1 as in an editor, the header included."""
    csv.field_size_limit(_FIELD)
    text = lines(source)
    first = next(text, "")
    delimiter = _delimiter(first, source.name)
    rows = csv.reader(itertools.chain((first,), text), delimiter=delimiter)
    try:
        _read(source, rows)
    except csv.Error as error:
        hint = "; is a quote left open before it?" if "field larger" in str(error) else ""
        message = f"{error}{hint}"
        raise DefectError("bad-row", f"line {rows.line_num}: {message}") from None


def _read(source: Source, rows: Iterator[list[str]]) -> None:
    start = list(itertools.islice(rows, _FIRST))
    if not any(map(any, start)):
        raise DefectError("empty", "has no rows")
    width = Counter(map(len, start)).most_common(1)[0][0]
    header = len(start[0]) == width and _is_header(start)
    names = start[0] if header else [f"{number}" for number in range(width)]
    columns = [Column(name.strip()) for name in names]
    for column in columns:
        if labels.is_label(column.name):
            column.counts = {}
    body = itertools.chain(start[1:] if header else start, rows)
    number, wrong, seen = 1 + header, 0, bytearray()
    while chunk := list(itertools.islice(body, _ROWS)):
        good = chunk
        if {*map(len, chunk)} != {width}:
            good = [row for row in chunk if len(row) == width]
            for at, row in enumerate(chunk, number):
                if row and len(row) != width:
                    wrong += 1
                    if wrong == 1:
                        text = f"{len(row)} fields where there should be {width}"
                        where, evidence = f"row {at}", ",".join(row)[:80]
        seen += _hashes(good)
        for column, cells in zip(columns, zip(*good, strict=True), strict=False):
            _add(column, cells, number)
        source.looked.items += len(good)
        number += len(chunk)
    if wrong:
        source.found("bad-row", text + _more(wrong), where, evidence)
    source.looked.rows = bytes(seen) if width >= 3 else b""
    source.looked.traits = tuple(column.name for column in columns) if header else (width,)
    for column in columns:
        _report(source, column, source.looked.items)


def _delimiter(line: str, name: str) -> str:
    """The one that is in the first line most often."""
    usual = "\t" if name.lower().endswith(".tsv") else ","
    return max((usual, ",", "\t", ";", "|"), key=line.count)


def _is_header(start: list[list[str]]) -> bool:
    """Whether the first row names the columns: a word in it stands over a number, or all are words
    that differ, such as names have."""
    first = [cell.strip() for cell in start[0]]
    below = start[1] if len(start) > 1 else []
    if any(_is_number(b) and not _is_number(a) for a, b in zip(first, below, strict=False)):
        return True
    return all(cell.isidentifier() for cell in first) and len({*first}) == len(first)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _hashes(rows: list[list[str]]) -> bytes:
    import xxhash

    digest = xxhash.xxh3_64_digest
    try:
        return b"".join([digest("\0".join(row).encode()) for row in rows])
    except UnicodeEncodeError:  # bytes that are not UTF-8 are surrogates here
        joined = ["\0".join(row).encode("utf-8", "surrogateescape") for row in rows]
        return b"".join([digest(row) for row in joined])


def _add(column: Column, cells: tuple[str, ...], number: int) -> None:
    """The next cells of a column; `number` is the row of the first."""
    if column.alike:
        if column.value is None:
            column.value = cells[0]
        column.alike = cells.count(column.value) == len(cells)
    try:
        values = list(map(float, cells))
    except ValueError:
        values = _add_slowly(column, cells, number)
    else:
        column.numbers += len(values)
    if values and not math.isfinite(sum(values)):
        for at, value in enumerate(values):
            if not math.isfinite(value):
                kind = "nan" if value != value else "inf"
                column.bad[kind] = column.bad.get(kind, 0) + 1
                column.first.setdefault(kind, number + at)
    if column.counts is not None:
        _count(column, values)


def _add_slowly(column: Column, cells: tuple[str, ...], number: int) -> list[float]:
    """The numbers among the cells; the others are counted."""
    values = []
    if column.words > 1000 and not column.numbers:  # it is a column of words
        column.words += len(cells)
        return []
    for at, cell in enumerate(cells, number):
        try:
            values.append(float(cell))
        except ValueError:
            if cell.strip().lower() in _MISSING:
                column.empty += 1
                column.first.setdefault("empty", at)
                continue
            column.words += 1
            column.first.setdefault("word", at)
            column.word = column.word or cell
    column.numbers += len(values)
    return values


def _count(column: Column, values: list[float]) -> None:
    counts = column.counts
    assert counts is not None
    for value in values:
        if math.isfinite(value):
            if value % 1 or len(counts) > labels.MOST:
                column.counts = None
                return
            counts[int(value)] = counts.get(int(value), 0) + 1


def _report(source: Source, column: Column, rows: int) -> None:
    name = f"column {column.name}"
    if column.alike and rows >= _SHORTEST and column.value is not None:
        source.found("constant-column", f"every cell is {column.value[:40]!r}", name)
    if column.words and column.words > _MOST_WORDS * (column.numbers + column.words):
        return
    for kind, words in (("nan", "NaN"), ("inf", "infinite")):
        if count := column.bad.get(kind, 0):
            text = f"{count} of {rows} cells {'is' if count == 1 else 'are'} {words}"
            source.found(kind, text, f"row {column.first[kind]}, {name}")
    if column.words and column.numbers:
        text = f"{column.word[:40]!r} among {column.numbers} numbers{_more(column.words)}"
        source.found("mixed-types", text, f"row {column.first['word']}, {name}")
    elif column.empty and column.numbers:
        text = f"{column.empty} of {rows} cells are empty"
        source.found("missing-values", text, f"row {column.first['empty']}, {name}")
    if column.counts and column.numbers:
        source.looked.labels = source.looked.labels or column.counts
        report_labels(source, column.counts, name)


def _more(count: int) -> str:
    return "" if count == 1 else f", and {count - 1} more like it"
