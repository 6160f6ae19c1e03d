"""JSON, whole or line by line."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from midrun.data import labels
from midrun.data.formats.texts import lines
from midrun.data.source import DefectError, Source
from midrun.data.values import report_labels

_LARGEST = 256 << 20  # bytes of one JSON text that are read into memory
_MOST_KEYS = 1000


def read(source: Source) -> None:
    """Parse it all."""
    if source.looked.format == "json":
        _read_whole(source)
    else:
        _Lines(source).read()


def _read_whole(source: Source) -> None:
    if source.size > _LARGEST:
        text = f"{source.size >> 20} MiB of one JSON text: only files up to 256 MiB are parsed"
        raise DefectError("bomb", text)
    text = "".join(lines(source))
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        rule = "truncated" if error.pos >= len(text.rstrip()) - 1 else "unreadable"
        place = f"line {error.lineno}, column {error.colno}"
        raise DefectError(rule, f"{error.msg} at {place}") from None
    except RecursionError:
        raise DefectError("unreadable", "is nested too deeply to be parsed") from None
    source.looked.items = len(value) if isinstance(value, (list, dict)) else 1


class _Lines:
    """One value a line."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._wrong = 0
        self._wide = False  # keys are data themselves
        self._keys: Counter[str] = Counter()
        self._types: dict[str, Counter[str]] = {}
        self._bad: Counter[str] = Counter()
        self._first: dict[str, int] = {}
        self._labels: dict[str, Counter[int]] = {}
        self._hashes = bytearray()

    def read(self) -> None:
        import xxhash

        number = 0
        for number, line in enumerate(lines(self._source), 1):
            if not line.strip():
                continue
            try:
                value = json.loads(line)
            except (json.JSONDecodeError, RecursionError) as error:
                self._wrong += 1
                if self._wrong == 1:
                    self._evidence = number, str(error), line.strip()[:80]
                continue
            self._source.looked.items += 1
            text = line.strip().encode("utf-8", "surrogateescape")
            self._hashes += xxhash.xxh3_64_digest(text)
            if isinstance(value, dict) and not self._wide:
                self._add(number, value)
                self._wide = len(self._keys) > _MOST_KEYS
        if not self._source.looked.items and not self._wrong:
            raise DefectError("empty", "has no rows")
        self._report()

    def _add(self, number: int, row: dict[str, Any]) -> None:
        self._keys.update(row.keys())
        for key, value in row.items():
            kind = _kind(value)
            types = self._types.setdefault(key, Counter())
            if not types[kind]:
                self._first[f"{key} {kind}"] = number
            types[kind] += 1
            if kind == "number":
                if not isinstance(value, int) and (value != value or value in (_INF, -_INF)):
                    bad = "nan" if value != value else "inf"
                    self._bad[f"{bad} {key}"] += 1
                    self._first.setdefault(f"{bad} {key}", number)
                elif isinstance(value, int) and labels.is_label(key):
                    self._labels.setdefault(key, Counter())[value] += 1

    def _report(self) -> None:
        source, rows = self._source, self._source.looked.items
        if self._wrong:
            number, message, line = self._evidence
            more = f", and {self._wrong - 1} more like it" if self._wrong > 1 else ""
            source.found("bad-row", f"no JSON: {message}{more}", f"row {number}", line)
        for name, count in self._bad.items():
            rule, key = name.split(" ", 1)
            words = "NaN" if rule == "nan" else "infinite"
            where = f"row {self._first[name]}, {key}"
            source.found(rule, f"{count} of {rows} values are {words}", where)
        for key, count in self._keys.items() if not self._wide else ():
            types = self._types[key]
            usual, most = types.most_common(1)[0]
            others = {kind: n for kind, n in types.items() if kind not in (usual, "null")}
            if others and most > 0.95 * types.total():
                kind, n = next(iter(others.items()))
                where = f"row {self._first[f'{key} {kind}']}, {key}"
                source.found("mixed-types", f"{n} values are a {kind}, {most} a {usual}", where)
            if 0.95 * rows < count < rows:
                source.found("missing-values", f"{rows - count} of {rows} rows lack {key}")
        for key, counts in self._labels.items():
            if len(counts) <= labels.MOST:
                source.looked.labels = source.looked.labels or dict(counts)
                report_labels(source, dict(counts), key)
        source.looked.rows = bytes(self._hashes)


_INF = float("inf")


def _kind(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return "null" if value is None else "bool"
    if isinstance(value, (int, float)):
        return "number"
    return "text" if isinstance(value, str) else "list" if isinstance(value, list) else "object"
