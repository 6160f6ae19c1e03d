"""The causes that midrun knows by name.

Each has a code for good; `docs/nan.md` has a section for each.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cause:
    """A kind of cause: its code, its name, and what it is in a few words."""

    code: str
    name: str
    title: str


_TITLES = {
    "unknown": "cause unknown",
    "log-domain": "logarithm of zero or of a negative number",
    "division-by-zero": "division by zero",
    "infinite-derivative": "finite value, infinite derivative",
    "domain": "outside the domain of the function",
    "overflow": "too large for its type",
    "half-overflow": "too large for half precision",
    "half-underflow": "too small for half precision",
    "all-masked": "softmax of a row that is all masked",
    "inf-minus-inf": "infinity minus infinity",
    "zero-times-inf": "zero times infinity",
    "empty-mean": "mean over nothing",
    "one-sample": "variance of one sample",
    "bad-target": "target that the loss can't take",
    "bad-input": "bad value in the data",
    "uninitialised": "memory that was never initialised",
    "clip-by-norm": "division by a gradient norm of zero or infinity",
    "optimizer-epsilon": "the optimizer's epsilon is lost",
    "divergence": "training diverges",
}

CAUSES = {
    name: Cause(f"MR{100 + number}", name, title)
    for number, (name, title) in enumerate(_TITLES.items())
}
