"""Whether the training had been diverging: growth, told apart from a jump; and what has grown over
the run."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from midrun.numerics.finding import Row

_STEPS = 4  # looks over which growth is judged
_FACTOR = 100.0  # by which norms grow in all
_JUMP = 30.0
_USUAL = 20  # looks that tell what is usual
_POINTS, _RISE = 12, 10.0  # steps of a run that are compared, and by how much something has grown


@dataclass(frozen=True)
class Growth:
    """Something grew by `factor` a step over `steps` steps, from `first` to `last`."""

    what: str
    factor: float
    steps: int
    first: float
    last: float

    def __str__(self) -> str:
        return (
            f"the {self.what} grew {self.factor:.3g} times a step over {self.steps} steps, "
            f"from {self.first:.3g} to {self.last:.3g}"
        )


def jump(norms: Sequence[float]) -> float | None:
    """By how much the last of some norms is larger than they usually are, if by a factor of 30 or
    more."""
    *before, last = norms or (0.0,)
    usual = statistics.median(before[-_USUAL:]) if len(before) >= _STEPS else math.inf
    is_jump = math.isfinite(last) and 0 < usual < math.inf and last / usual >= _JUMP
    return last / usual if is_jump else None


def what_rose(rows: Sequence[Row], module: str) -> str | None:
    """What has become ten times as large or more over the run: what came out of the component that
    `module` belongs to, where that is known, else what has grown most."""
    rows = over_the_run([row for row in rows if row.largest], _POINTS)
    names = dict.fromkeys(name for row in rows for name in row.largest)
    component = module.partition(".")[0]
    near = [name for name in names if component and f".{name}".endswith(f".{component}")]
    risen = {}
    for name in near or names:
        values = [row.largest[name] for row in rows if name in row.largest]
        finite = [value for value in values if math.isfinite(value)]
        first = statistics.median(finite[: max(len(finite) // 3, 1)]) if finite else 0.0
        if len(finite) >= _STEPS and first > 0 and finite[-1] >= _RISE * first:
            risen[name] = (first, finite[-1])
    if not risen:
        return None
    name, (first, last) = max(risen.items(), key=lambda found: found[1][1] / found[1][0])
    return (
        f"the largest value of {name} grew {last / first:.3g} times over the run: {first:.4g} "
        f"early on, {last:.4g} at last"
    )


def over_the_run(rows: Sequence[Row], most: int) -> list[Row]:
    """At most so many rows, about as far from each other in backward passes: the last steps are
    known one by one, those before now and then."""
    first, last = (rows[0].backward, rows[-1].backward) if rows else (0, 0)
    chosen = {}
    for index in range(most):
        wanted = first + (last - first) * index / (most - 1)
        nearest = min(rows, key=lambda row: abs(row.backward - wanted), default=None)
        if nearest is not None:
            chosen[nearest.backward] = nearest
    return list(chosen.values())


def growth(series: Mapping[str, Sequence[tuple[int, float]]]) -> Growth | None:
    """The growth that ends each of `series`, pairs of a step and a norm, if it is one without end:
    by a factor of 100 or more over at least four values that all grow. The first that has it."""
    for what, pairs in series.items():
        rising: list[tuple[int, float]] = []
        for step, value in pairs:
            if not math.isfinite(value) or value <= 0:
                continue
            if rising and value <= rising[-1][1]:
                rising = []
            rising.append((step, value))
        if len(rising) < _STEPS:
            continue
        (first_step, first), (last_step, last) = rising[0], rising[-1]
        if last / first >= _FACTOR and last_step > first_step:
            steps = last_step - first_step
            return Growth(what, (last / first) ** (1 / steps), steps, first, last)
    return None
