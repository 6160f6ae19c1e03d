"""Labels: which columns and arrays hold them, and which values can't be one."""

from __future__ import annotations

import re

MOST = 10_000  # different values; what has more is no label

_NAME = re.compile(r"(^|[^a-z])(labels?|classe?s?|cls|class_?ids?|category|targets?|y)([^a-z]|$)")


def is_label(name: str) -> bool:
    """Whether a column, array or file of that name holds labels: `label`, `y_train`, `t10k-labels`,
    `fine_labels`."""
    return _NAME.search(name.lower()) is not None


def out_of_range(counts: dict[int, int]) -> tuple[set[int], str]:
    """The values that can't be labels beside the others, and why; an empty set if all can.

    Labels for a loss such as torch.nn.CrossEntropyLoss are 0 ... classes-1. Said is only what is
    sure: negative values, one or few values apart from a row that begins at 0, and a row that
    begins at 1. Other values, such as years, are no labels of this kind, and nothing is said.
    """
    values = set(counts)
    length = 0
    while length in values:
        length += 1
    apart = {value for value in values if value < 0 or value >= length}
    if length >= 2 and 0 < len(apart) <= max(2, length // 10):
        return apart, f"the others are 0 to {length - 1}"
    negative = {value for value in values if value < 0}
    if length == 0 and len(values) >= 2 and not negative and values == {*range(1, max(values) + 1)}:
        return {max(values)}, f"they begin at 1, so that {max(values)} is one too many"
    if length >= 1 and len(negative) == 1 and len(apart) == len(negative):
        return negative, "the others are 0"
    if values == {-1, 1}:
        return {-1}, "the other is 1"
    return set(), ""


def shown_all(values: set[int | None]) -> str:
    """Some of them, in words; None is no label."""
    named = sorted(str(value) for value in values)
    return " and ".join(named[:3]) + (" and more" if len(named) > 3 else "")


def shown(values: set[int]) -> str:
    """Some of them."""
    first = ", ".join(map(str, sorted(values)[:3]))
    return first if len(values) <= 3 else f"{first} ... {max(values)}"
