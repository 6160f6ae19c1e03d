"""Remedies for arithmetic: divisions, powers, products, and what is too large for them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from midrun.numerics.cures.blamed import Blamed, Remedy, function

_OVERFLOWS = ("overflow", "half-overflow", "bad-input")
_INFINITIES = ("inf-minus-inf", "zero-times-inf")


def division(blamed: Blamed) -> Iterator[Remedy]:
    """A denominator that is not 0."""
    found = blamed.arithmetic
    if found is None or found[0] is not ast.Div:
        return
    _, above, below = found
    x, y, small = blamed.file.source(above), blamed.file.source(below), blamed.small
    if blamed.cause in ("empty-mean", "one-sample"):
        text = f"torch.as_tensor({y}).clamp(min=1)"
        yield blamed.change("clamp", "a denominator of at least 1", (below, text))
    yield blamed.change("epsilon", "an epsilon in the denominator", (below, f"{y} + {small}"))
    text = f"torch.as_tensor({y}).clamp(min={small})"
    yield blamed.change("clamp", "clamp the denominator", (below, text))
    text = f"torch.where({y} == 0, 1.0, {y})"
    yield blamed.change("where", "1 for a denominator of 0", (below, text))
    if isinstance(blamed.node, ast.expr):
        both = ((above, f"{x} + {small}"), (below, f"{y} + {small}"))
        yield blamed.change("epsilon", "an epsilon above and below", *both)


def root_below(blamed: Blamed) -> Iterator[Remedy]:
    """An epsilon in the square root that a denominator is: what is added to the denominator itself
    leaves the root's derivative infinite."""
    found = blamed.arithmetic
    if found is None or found[0] is not ast.Div or blamed.node is None:
        return
    below, scope = found[2], blamed.file.function_of(blamed.node)
    values = [below]
    if isinstance(below, ast.Name):
        made = blamed.file.assigned(below.id)
        values += [value for value in made if blamed.file.function_of(value) is scope]
    for value in values:
        for taken in filter(None, map(_under_root, ast.walk(value))):
            text = f"{blamed.file.source(taken)} + {blamed.tiny}"
            edit = blamed.file.replace((taken, text))
            yield Remedy("epsilon", "an epsilon in the root that is the denominator", edit)


def _under_root(node: ast.AST) -> ast.expr | None:
    """What a square root is taken of: `x` of `x.sqrt()`, `torch.sqrt(x)` and `x ** 0.5`."""
    name, operands = function(node)
    if name == "sqrt" and operands:
        return operands[0]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and _number(node.right) == 0.5:
        return node.left
    return None


def power(blamed: Blamed) -> Iterator[Remedy]:
    """A base that is neither too small nor too large for its exponent."""
    found = blamed.arithmetic
    if found is None and blamed.name == "square" and blamed.operands:
        base, exponent = blamed.operands[0], 2.0
    elif found is not None and found[0] is ast.Pow:
        base, exponent = found[1], _number(found[2])
    else:
        return
    x = blamed.file.source(base)
    if blamed.cause in _OVERFLOWS:
        digits = 4 if blamed.is_half else 30  # a type holds somewhat more
        if exponent < 0:
            bounds = f"min=1e-{max(1, int(digits / (1 - exponent)))}"
        else:
            limit = f"1e{max(1, int(digits / (exponent + 0.5)))}"
            bounds = f"-{limit}, {limit}"
        yield blamed.change("clamp", "clamp before the power", (base, f"{x}.clamp({bounds})"))
    else:
        for least in (blamed.tiny, blamed.small):
            text = f"{x}.clamp(min={least})"
            yield blamed.change("clamp", f"clamp before the power at {least}", (base, text))
        text = f"{x} + {blamed.small}"
        yield blamed.change("epsilon", "an epsilon before the power", (base, text))


def _number(node: ast.expr) -> float:
    """A number that is written down; 2 for any other exponent."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_number(node.operand)
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    return 2.0


def finite_operands(blamed: Blamed) -> Iterator[Remedy]:
    """A finite number for infinities that are added or multiplied."""
    found = blamed.arithmetic
    if found is None or blamed.cause not in _INFINITIES or isinstance(blamed.node, ast.AugAssign):
        return
    large = blamed.large
    bounded = [
        (operand, f"{blamed.file.source(operand)}.clamp(-{large}, {large})")
        for operand in found[1:]
        if not isinstance(operand, ast.Constant)
    ]
    yield blamed.change("finite mask", f"{large} for inf", *bounded)


def limited(blamed: Blamed) -> Iterator[Remedy]:
    """A bound for all that goes into an expression that is too large for its type."""
    if blamed.cause not in _OVERFLOWS or blamed.found.phase == "backward":
        return
    if blamed.cause == "bad-input" and "comes with nan" in blamed.found.reason:
        return  # clamp leaves a NaN as it is
    names = sorted({node.id for node in blamed.tensors()})
    for limit in ("1e2",) if blamed.is_half else ("1e12", "1e4"):
        lines = [f"{name} = {name}.clamp(-{limit}, {limit})" for name in names]
        if lines:
            title = f"clamp {', '.join(names)} to {limit}"
            yield from blamed.insert("clamp", title, blamed.statement, lines)
