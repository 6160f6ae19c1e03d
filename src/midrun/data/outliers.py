"""What stands out among files of one kind: sizes, modes, shapes, types, columns."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from midrun.data.finding import Finding
from midrun.data.kinds import PICTURES
from midrun.data.source import Looked

Traits = tuple[object, ...]

_FEW = 0.05  # what is rarer than this among its like stands out
_ENOUGH = 8  # files that it takes to say what is common
_TIMES = 8.0  # a side of a picture that is so much longer or shorter than the median


def check_outliers(files: list[Looked], classes: bool) -> Iterator[Finding]:
    """Compare files with the others of their format and folder; pictures with all, where folders
    are `classes`."""
    groups: dict[tuple[str, str], list[Looked]] = defaultdict(list)
    for looked in files:
        if looked.traits:
            picture = looked.format in PICTURES
            folder = "" if picture and classes else looked.path.rpartition(os.sep)[0]
            groups["picture" if picture else looked.format, folder].append(looked)
    for (form, _), group in groups.items():
        if form == "picture":
            yield from _rare(group, "odd-mode", lambda traits: str(traits[0]))
            yield from _sizes(group)
        elif form == "npy":
            yield from _rare(group, "odd-shape", _array)
        elif form in ("csv", "tsv", "parquet"):
            yield from _rare(group, "odd-columns", _columns)


def _rare(group: list[Looked], rule: str, words: Callable[[Traits], str]) -> Iterator[Finding]:
    """The files whose traits, in words, few others share."""
    if len(group) < _ENOUGH:
        return
    counts: Counter[str] = Counter()
    for traits, number in Counter(looked.traits for looked in group).items():
        counts[words(traits)] += number
    if len(counts) < 2:
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
    sizes: Counter[tuple[Any, ...]] = Counter(looked.traits[1:] for looked in pictures)
    usual, most = sizes.most_common(1)[0]
    if most >= (1 - _FEW) * len(pictures) or most == len(pictures) - 1:
        odd = sizes.keys() - {usual}
        others = f"{most} of {len(pictures)} are {usual[0]} x {usual[1]}"
    else:
        median = [_median({size[side]: n for size, n in sizes.items()}) for side in (0, 1)]
        odd = {size for size in sizes if any(map(_is_far, size, median))}
        others = f"the median is {median[0]} x {median[1]}"
    for looked in pictures if odd else ():
        size = looked.traits[1:]
        if size in odd:
            yield Finding("odd-size", looked.path, f"is {size[0]} x {size[1]}, {others}")


def _is_far(side: int, median: int) -> bool:
    return not median / _TIMES <= side <= median * _TIMES


def _median(counts: dict[int, int]) -> int:
    """The lower median of numbers that are counted."""
    half, before = sum(counts.values()) / 2, 0
    for number in sorted(counts):
        before += counts[number]
        if before >= half:
            break
    return number


def _array(traits: tuple[object, ...]) -> str:
    kind, shape = traits
    assert isinstance(shape, tuple)
    sizes = ", ".join(map(str, shape))
    return f"{kind} of shape (N{', ' if sizes else ''}{sizes})"


def _columns(traits: tuple[object, ...]) -> str:
    shown = ", ".join(map(str, traits[:6]))
    return f"of {len(traits)} columns ({shown}{', ...' if len(traits) > 6 else ''})"
