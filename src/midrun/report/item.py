"""What `midrun data --show` shows: the parts of an item, with statistics and pictures."""

from __future__ import annotations

import os
import struct
import tempfile
import zlib
from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from midrun.data.leaves import Picture, Shown
from midrun.report.terminal import indented

_COLUMNS, _ROWS = 64, 48  # pixels of a picture in the terminal, of which a cell has two


def screen(shown: list[Shown], files: dict[int, str], columns: int) -> RenderableType:
    """For people, on a terminal of so many `columns`, 0 for none; `files` has the path of each
    picture file, by the number of its part."""
    parts: list[RenderableType] = []
    for number, leaf in enumerate(shown):
        parts.append(Text.assemble((leaf.name or "the item", "bold"), "  ", leaf.what))
        if leaf.text:
            parts.append(indented(Text(leaf.text)))
        if leaf.facts:
            words = (f"{name} {value:.6g}" for name, value in leaf.facts.items())
            parts.append(indented(Text(", ".join(words))))
        if leaf.picture is not None:
            if columns:
                parts.append(indented(_blocks(leaf.picture, min(_COLUMNS, columns - 4))))
            note = f"; {leaf.picture.note}" if leaf.picture.note else ""
            parts.append(indented(Text(f"{files[number]}{note}", "dim")))
    return Group(*parts)


def write_pictures(shown: list[Shown]) -> dict[int, str]:
    """Write each picture as a PNG file into a new temporary folder. Returns their paths."""
    files: dict[int, str] = {}
    for number, leaf in enumerate(shown):
        if leaf.picture is not None:
            folder = os.path.dirname(next(iter(files.values()), ""))
            folder = folder or tempfile.mkdtemp(prefix="midrun-show-")
            files[number] = os.path.join(folder, f"{number}.png")
            with open(files[number], "wb") as file:
                file.write(png(leaf.picture))
    return files


def png(picture: Picture) -> bytes:
    """The picture as PNG (ISO/IEC 15948): colour type 2, each row with filter 0."""
    stride = 3 * picture.width
    rows = b"".join(
        b"\0" + picture.rgb[at : at + stride] for at in range(0, len(picture.rgb), stride)
    )
    header = struct.pack(">IIBBBBB", picture.width, picture.height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def _blocks(picture: Picture, columns: int) -> Text:
    """Half blocks: the colour of a cell's upper half is the letter's, that of the lower one the
    background's."""
    scale = min(1.0, columns / picture.width, _ROWS / picture.height)
    width = max(1, round(picture.width * scale))
    height = max(1, round(picture.height * scale))
    text = Text()
    for row in range(0, height, 2):
        for column in range(width):
            x = int((column + 0.5) * picture.width / width)
            above, below = (_colour(picture, x, row + half, height) for half in (0, 1))
            style = f"{above} on {below}" if below else above
            text.append("▀", style)
        text.append("\n")
    text.rstrip()
    return text


def _colour(picture: Picture, x: int, row: int, rows: int) -> str:
    if row >= rows:
        return ""
    at = 3 * (int((row + 0.5) * picture.height / rows) * picture.width + x)
    red, green, blue = picture.rgb[at : at + 3]
    return f"rgb({red},{green},{blue})"


def as_dicts(shown: list[Shown], files: dict[int, str]) -> Iterator[dict[str, object]]:
    """For `--json`: without the pixels, with the picture's file."""
    for number, leaf in enumerate(shown):
        yield {
            "name": leaf.name,
            "what": leaf.what,
            "facts": leaf.facts,
            "text": leaf.text,
            "picture": files.get(number),
        }
