"""Plain text, and the lines of formats that are text: whether all of it is UTF-8."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from midrun.data.source import DefectError, Source

_SURROGATES = re.compile("[\udc80-\udcff]")
_LETTER_BESIDE = re.compile("[A-Za-z][\udca0-\udcff]|[\udca0-\udcff][A-Za-z]")
_BOMS = (
    (codecs.BOM_UTF32_LE, "UTF-32"), (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"), (codecs.BOM_UTF16_BE, "UTF-16"),
)  # fmt: skip
_CHUNK = 1 << 17  # bytes
_LONGEST = 16 << 20  # characters of a line: a file without line ends must not fill the memory


def read(source: Source) -> None:
    """Read all of it, and count the lines."""
    for chunk in chunks(source):
        source.looked.items += chunk.count("\n")


def lines(source: Source) -> Iterator[str]:
    """The lines, with their ends."""
    rest = ""
    for chunk in chunks(source):
        whole = (rest + chunk).split("\n")
        rest = whole.pop()
        for line in whole:
            yield line + "\n"
        if len(rest) > _LONGEST:
            raise DefectError("bad-row", f"has a line of more than {_LONGEST >> 20} MiB")
    if rest:
        yield rest


def chunks(source: Source) -> Iterator[str]:
    """The text in pieces. Enters the first byte that is not UTF-8 and the first NUL; bytes that are
    not UTF-8 are escaped as surrogates."""
    block = source.file.read(_CHUNK)
    for mark, name in _BOMS:
        if block.startswith(mark):
            raise DefectError("text-encoding", f"is {name}, by its first bytes")
    decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
    block = block.removeprefix(codecs.BOM_UTF8)
    before, told, zeros = 0, False, False  # before: the lines of earlier pieces
    while block:
        next_block = source.file.read(_CHUNK)
        chunk = decode(block, not next_block)
        block = next_block
        if not told and not chunk.isascii() and (wrong := _SURROGATES.search(chunk)):
            told = True
            byte = ord(wrong.group()) - 0xDC00
            guess = "; it may be Latin-1 or Windows-1252" if _LETTER_BESIDE.search(chunk) else ""
            where = f"line {before + chunk.count(chr(10), 0, wrong.start()) + 1}"
            source.found("text-encoding", f"byte {byte:#04x} is not UTF-8{guess}", where)
        if not zeros and "\0" in chunk:
            zeros = True
            where = f"line {before + chunk.count(chr(10), 0, chunk.index(chr(0))) + 1}"
            source.found("text-encoding", "has NUL characters", where)
        yield chunk
        before += chunk.count("\n")
