"""Plain text, and the lines of formats that are text: whether all of it is UTF-8."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator

from midrun.data.source import DefectError, Source

_SURROGATES = re.compile("[\udc80-\udcff]")
_BOMS = (
    (codecs.BOM_UTF32_LE, "UTF-32"), (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"), (codecs.BOM_UTF16_BE, "UTF-16"),
)  # fmt: skip
_LONGEST = 64 << 20  # characters of a line: a file without line ends must not fill the memory


def read(source: Source) -> None:
    """Read all lines."""
    source.looked.items = sum(1 for _ in lines(source))


def lines(source: Source) -> Iterator[str]:
    """The lines, with their ends. The first that is not UTF-8 is entered, and bytes of such lines
    are escaped as surrogates."""
    head = source.file.read(4)
    source.file.seek(0)
    for mark, name in _BOMS:
        if head.startswith(mark):
            raise DefectError("text-encoding", f"is {name}, by its first bytes")
    text = io.TextIOWrapper(source.file, "utf-8-sig", errors="surrogateescape", newline="")
    told = zeros = False
    try:
        number = 0
        while line := text.readline(_LONGEST):
            number += 1
            if not line.isascii() and not told and (wrong := _SURROGATES.search(line)):
                told = True
                value = ord(wrong.group()) - 0xDC00
                where = f"line {number}, column {wrong.start() + 1}"
                guess = "; it may be Latin-1 or Windows-1252" if _is_latin(line) else ""
                source.found("text-encoding", f"byte {value:#04x} is not UTF-8{guess}", where)
            if not zeros and "\0" in line:
                zeros = True
                source.found("text-encoding", "has NUL characters", f"line {number}")
            yield line
    finally:
        text.detach()


def _is_latin(line: str) -> bool:
    """Whether the bytes that are not UTF-8 stand alone among letters, as those of accents do."""
    return re.search(r"[A-Za-z][\udca0-\udcff]|[\udca0-\udcff][A-Za-z]", line) is not None
