"""What stands out among files of one kind: sizes, modes, shapes, types, columns."""

from __future__ import annotations

import os
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator

from midrun.data.finding import Finding
from midrun.data.kinds import PICTURES
from midrun.data.source import Looked

_FEW = 0.05  # what is rarer than this among its like stands out
_ENOUGH = 8  # files that it takes to say what is common
_TIMES = 8.0  # a side of a picture that is so much longer or shorter than the median


def check_outliers(files: list[Looked]) -> Iterator[Finding]:
    """Compare pictures with all pictures, arrays and tables with those of their folder."""
    pictures = [looked for looked in files if looked.format in PICTURES and looked.traits]
    yield from _modes(pictures)
    yield from _sizes(pictures)
    groups: dict[tuple[str, str], list[Looked]] = defaultdict(list)
    for looked in files:
        if looked.traits and looked.format not in PICTURES:
            groups[looked.format, os.path.dirname(looked.path)].append(looked)
    for (form, _), group in groups.items():
        if form == "npy":
            yield from _rare(group, "odd-shape", _array)
        elif form in ("csv", "tsv", "parquet"):
            yield from _rare(group, "odd-columns", _columns)


def _modes(pictures: list[Looked]) -> Iterator[Finding]:
    yield from _rare(pictures, "odd-mode", lambda mode: str(mode[0]))


def _rare(group: list[Looked], rule: str, words: object) -> Iterator[Finding]:
    """The files whose traits few others share."""
    assert callable(words)
    counts = Counter(words(looked.traits) for looked in group)
    if len(group) < _ENOUGH or len(counts) < 2:
        return
    usual, most = counts.most_common(1)[0]
    if most < (1 - _FEW) * len(group) and most < len(group) - 1:
        return
    for looked in group:
        if (own := words(looked.traits)) != usual:
            yield Finding(rule, looked.path, f"is {own}, {most} of {len(group)} are {usual}")


def _sizes(pictures: list[Looked]) -> Iterator[Finding]:
    """Where nearly all pictures have one size, the others; else those of a side far from usual."""
    if len(pictures) < _ENOUGH:
        return
    sizes = Counter(looked.traits[1:] for looked in pictures)
    usual, most = sizes.most_common(1)[0]
    uniform = most >= (1 - _FEW) * len(pictures) or most == len(pictures) - 1
    median = [statistics.median(side) for side in zip(*(_sides(p) for p in pictures), strict=True)]
    for looked in pictures:
        width, height = _sides(looked)
        if uniform and looked.traits[1:] != usual:
            text = f"is {width} x {height}, {most} of {len(pictures)} are {usual[0]} x {usual[1]}"
            yield Finding("odd-size", looked.path, text)
        elif not uniform:
            ratios = (width / median[0], height / median[1])
            if max(ratios) > _TIMES or min(ratios) < 1 / _TIMES:
                text = f"is {width} x {height}, the median is {median[0]:g} x {median[1]:g}"
                yield Finding("odd-size", looked.path, text)


def _sides(looked: Looked) -> tuple[int, int]:
    _, width, height = looked.traits
    assert isinstance(width, int)
    assert isinstance(height, int)
    return width, height


def _array(traits: tuple[object, ...]) -> str:
    kind, shape = traits
    assert isinstance(shape, tuple)
    sizes = ", ".join(map(str, shape))
    return f"{kind} of shape (N{', ' if sizes else ''}{sizes})"


def _columns(traits: tuple[object, ...]) -> str:
    shown = ", ".join(map(str, traits[:6]))
    return f"of {len(traits)} columns ({shown}{', ...' if len(traits) > 6 else ''})"
