"""The usual remedies for each cause, as edits at the blamed line or before the optimizer's step."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

from midrun.numerics.cures import (
    data,
    functions,
    logspace,
    masks,
    operators,
    precision,
    training,
)
from midrun.numerics.cures.blamed import Blamed, Remedy
from midrun.numerics.cures.edits import Edit, File
from midrun.numerics.finding import Finding

# Each looks at what it is for, and yields nothing of anything else. The first ones are the most
# to the point: only so many are tried.
_RULES: list[Callable[[Blamed], Iterator[Remedy]]] = [
    masks.zero_infinity,
    masks.finite,
    masks.some_keys,
    data.divided,
    data.without_bad_rows,
    data.guard,
    functions.zeros,
    functions.no_correction,
    logspace.log_of,
    precision.in_float32,
    precision.without_half,
    precision.outside_autocast,
    precision.larger_epsilon,
    precision.in_bfloat16,
    precision.smaller_scale,
    functions.larger_eps,
    training.weight_norm,
    training.clip_values,
    training.recurrent,
    operators.division,
    operators.root_below,
    operators.power,
    operators.finite_operands,
    functions.usual,
    functions.root_by_hand,
    functions.of_distribution,
    operators.limited,
    training.hook,
    functions.hide,
]


def remedies(found: Finding, read: Callable[[str], str]) -> list[Remedy]:
    """What may be tried for a finding, without doubles, the most likely first. `read` gives the
    text of a source file."""
    proposed: list[Remedy] = []
    files = functools.cache(lambda path: File(path, read(path)))
    if found.line is not None:
        file = files(found.line.file)
        blamed = Blamed(found, found.line, file, file.at(found.line), files)
        proposed += [remedy for rule in _RULES for remedy in rule(blamed)]
    if found.step_line is not None:
        proposed += training.before_step(found, files(found.step_line.file))
    different: dict[Edit, Remedy] = {}
    for remedy in proposed:
        if remedy.edit.is_code and remedy.edit.after != remedy.edit.before:
            different.setdefault(remedy.edit, remedy)
    return [*different.values()]
