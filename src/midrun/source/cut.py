"""How a function is cut to be continued, and the names of the values that it takes back."""

from __future__ import annotations

from dataclasses import dataclass, field

from midrun.source.positions import Path, Position
from midrun.source.slots import Layout


@dataclass(frozen=True)
class Cut:
    """How a function is to be continued.

    `layout` is that of the position; `operands` names, for each operand in it, the key of its
    value, None where it is to be evaluated anew. `locals` are the plain local variables that are
    bound, `cells` the variables that live in cells, the function's own and those from around it.
    `inner` says what stands in for the expression in progress: "call" (another frame's function,
    with an argument if `inner_argument`), "construct" (the same, in an `__init__`; the value is the
    instance), "value", or "delegate" (a `yield from` whose generator is itself running). `left_by`
    tells how each `finally`, counted from outside, was entered: "", "Return", "Break" or
    "Continue". `new_headers` holds the
    paths of the loops whose range was edited.
    """

    position: Position
    layout: Layout
    operands: dict[Path, str | None]
    locals: frozenset[str]
    cells: tuple[str, ...]
    inner: str = "value"
    inner_argument: bool = False
    left_by: dict[int, str] = field(default_factory=dict)
    new_headers: frozenset[Path] = frozenset()


def block_key(index: int) -> str:
    """The key, in the box, of the value that a block holds; blocks count from outside."""
    return f"block {index}"


def local_key(name: str) -> str:
    """The key of a local variable."""
    return f"local {name}"


def operand_key(index: int) -> str:
    """The key of an operand of the innermost statement; operands count in evaluation order."""
    return f"operand {index}"


def exception_key(index: int) -> str:
    """The key of an exception that is being handled; handlers count from outside."""
    return f"exception {index}"


def returned_key(index: int) -> str:
    """The key of the constant that a `return` into a `finally` returns; these count from
    outside."""
    return f"returned {index}"


BLOCK_ROLES = ("iterator", "peeled", "exit", "handled", "raised", "returned")
