"""Names of files that other systems take for the same, or can't show."""

from __future__ import annotations

import os
import unicodedata
from collections import defaultdict
from collections.abc import Iterator

from midrun.data.finding import Finding, printable


def check_names(folders: dict[str, list[str]]) -> Iterator[Finding]:
    """Names in one folder that differ in case or Unicode form only, or that are not UTF-8.
    `folders` holds the names in each folder."""
    for folder, names in folders.items():
        folded = {_folded(name) for name in names}
        if len(folded) < len(names):
            yield from _same(folder, names)
        for name in names:
            if not name.isprintable():  # a lone surrogate, by which Python names other bytes, isn't
                why = "has a control character" if _is_utf8(name) else "is not UTF-8"
                yield Finding("name-encoding", os.path.join(folder, name), why)


def _same(folder: str, names: list[str]) -> Iterator[Finding]:
    groups: dict[str, list[str]] = defaultdict(list)
    for name in names:
        groups[_folded(name)].append(name)
    for group in groups.values():
        if len(group) > 1:
            first, *others = (os.path.join(folder, name) for name in group)
            text = f"is beside {', '.join(map(printable, group[1:]))}"
            yield Finding("name-case", first, text, others=tuple(others))


def _folded(name: str) -> str:
    return name.lower() if name.isascii() else unicodedata.normalize("NFC", name).casefold()


def _is_utf8(name: str) -> bool:
    return os.fsencode(name).decode("utf-8", "ignore") == name
