"""One item of a file or folder, for people to look at."""

from __future__ import annotations

import itertools
from typing import Any

from midrun.data import kinds
from midrun.data.finding import printable
from midrun.data.leaves import Shown, leaves, show
from midrun.data.libraries import MissingError, command, need
from midrun.data.walking import walk
from midrun.errors import MidrunError


def show_file(paths: tuple[str, ...], index: int) -> list[Shown]:
    """The file of that number, in the order of names, below some folders; of a single array or
    text, its item or line of that number. Raises MidrunError ("no-item")."""
    files = [path for found in walk(paths).files.values() for path in found]
    path, item = files[0] if files else "", index
    if len(files) != 1:
        if index >= len(files):
            text = f"there are {len(files)} files, numbered from 0, and none of number {index}"
            raise MidrunError(text, slug="no-item")
        path, item = files[index], -1
    try:
        value = _value(path, item)
    except MissingError as error:
        text = f"{printable(path)} can't be shown without {error.library}: {command(error.library)}"
        raise MidrunError(text, slug="no-item") from None
    except (IndexError, StopIteration):
        text = f"{printable(path)} has no item {index}"
        raise MidrunError(text, slug="no-item") from None
    except (OSError, ValueError, SyntaxError) as error:
        text = f"{printable(path)} can't be shown: {' '.join(str(error).split())}"
        raise MidrunError(text, slug="no-item") from None
    return [Shown(printable(path), "file"), *map(show, leaves(value))]


def _value(path: str, item: int) -> Any:
    """What is in the file, or its item of that number, unless it is negative."""
    with open(path, "rb") as file:
        form, _, _ = kinds.judge(path, file.read(kinds.HEAD))
        file.seek(0)
        if form in kinds.PICTURES:
            image = need("PIL.Image").open(file)
            image.load()
            return image
        if form == "npy":
            array = need("numpy").load(path, mmap_mode="r")
            return array if item < 0 or not array.shape else array[item]
        if form in kinds.TEXTS:
            lines = itertools.islice(file, max(item, 0), max(item, 0) + (1 if item >= 0 else 5))
            shown = [line.decode("utf-8", "backslashreplace").rstrip("\r\n") for line in lines]
            if not shown:
                raise IndexError
            return "\n".join(shown)
    what = form or "a file of no known format"
    text = f"{printable(path)} is {what}: shown are pictures, .npy, text, and Datasets as FILE:NAME"
    raise MidrunError(text, slug="no-item")
