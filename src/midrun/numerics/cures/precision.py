"""Remedies for half precision: float32 where it is needed, and gradients that are scaled less."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from midrun.numerics.cures.blamed import Blamed, Remedy, function
from midrun.numerics.cures.edits import File

_CAUSES = ("half-overflow", "half-underflow")
_SMALLEST = 6e-5  # below it, float16 loses digits
_UNSCALED = 64.0
_LIKELY = 128.0  # a loss is multiplied by at least this much, if it is scaled


def in_float32(blamed: Blamed) -> Iterator[Remedy]:
    """The operation with operands in float32."""
    found = blamed.arithmetic
    operands = [*found[1:]] if found is not None else blamed.operands[:1]
    if blamed.cause not in _CAUSES or isinstance(blamed.node, ast.AugAssign):
        return
    changes = [
        (operand, f"{blamed.file.source(operand)}.float()")
        for operand in operands
        if not isinstance(operand, ast.Constant)
    ]
    if changes:
        yield blamed.change("float32", "this operation in float32", *changes)


def without_half(blamed: Blamed) -> Iterator[Remedy]:
    """The expression without the casts to half precision that are in it."""
    if blamed.cause not in _CAUSES or blamed.node is None:
        return
    casts = [
        node
        for node in ast.walk(blamed.node)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (function(node)[0] in ("half", "bfloat16") or _names_half(node))
    ]
    changes = [
        (cast, blamed.file.source(cast.func.value))
        for cast in casts
        if isinstance(cast.func, ast.Attribute)
        and not any(cast is not other and cast in ast.walk(other) for other in casts)
    ]
    if changes:
        yield blamed.change("float32", "no cast to half precision", *changes)


def _names_half(call: ast.Call) -> bool:
    """Whether it is `x.to(torch.float16)`."""
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    kinds = [node.attr for node in given if isinstance(node, ast.Attribute)]
    return function(call)[0] == "to" and any(k in ("float16", "half", "bfloat16") for k in kinds)


def outside_autocast(blamed: Blamed) -> Iterator[Remedy]:
    """The statement in a block without autocast, with its operands in float32."""
    statement, file = blamed.statement, blamed.file
    simple = isinstance(statement, ast.Assign | ast.Return | ast.Expr | ast.AnnAssign)
    if blamed.cause not in _CAUSES or statement is None or not simple:
        return
    if any(isinstance(n, ast.Constant) and n.lineno != n.end_lineno for n in ast.walk(statement)):
        return  # a string of several lines would be changed
    names = blamed.tensors()
    if not names:
        return
    head = f"with torch.autocast({names[0].id}.device.type, enabled=False):"
    begin = file.before(statement, [head])
    if begin is not None:
        changes = [begin, *file.indented(statement)]
        changes += [file.change(name, f"{name.id}.float()") for name in names]
        yield Remedy("float32", "float32 outside autocast", file.edit(*changes))


def in_bfloat16(blamed: Blamed) -> Iterator[Remedy]:
    """bfloat16, which ends where float32 does, for float16 under autocast."""
    if blamed.cause != "half-overflow":
        return
    changes = [
        (node, blamed.file.text_of(node).replace("float16", "bfloat16"))
        for call in ast.walk(blamed.file.tree)
        if isinstance(call, ast.Call) and function(call)[0] == "autocast"
        for node in ast.walk(call)
        if isinstance(node, ast.Attribute) and node.attr == "float16"
    ]
    if changes:
        yield blamed.change("bfloat16", "autocast to bfloat16", *changes)


def larger_epsilon(blamed: Blamed) -> Iterator[Remedy]:
    """An epsilon that half precision can hold, for one that is 0 there."""
    if blamed.cause not in ("half-underflow", "optimizer-epsilon") or blamed.node is None:
        return
    names = {n.id for n in ast.walk(blamed.node) if isinstance(n, ast.Name)}
    attributes = {blamed.file.text_of(n) for n in ast.walk(blamed.node)}
    places = [blamed.node, *(v for n in names | attributes for v in blamed.file.assigned(n))]
    changes = {
        number: "1e-4"
        for place in places
        for number in ast.walk(place)
        if isinstance(number, ast.Constant)
        and isinstance(number.value, float)
        and 0 < number.value < _SMALLEST
    }
    if changes:
        yield blamed.change("epsilon", "an epsilon of 1e-4", *changes.items())


def smaller_scale(blamed: Blamed) -> Iterator[Remedy]:
    """A loss that is multiplied by less before the backward pass."""
    if blamed.cause != "half-overflow" or blamed.found.phase != "backward":
        return
    numbers = {*_scales(blamed.file)}
    changes = [(n, f"{_UNSCALED}") for n in numbers if isinstance(n.value, int | float)]
    if changes:
        yield blamed.change("loss scale", f"a loss scale of {_UNSCALED:g}", *changes)


def _scales(file: File) -> Iterator[ast.Constant]:
    """The large numbers that losses are multiplied by, in the call of `backward` or before."""
    for call in ast.walk(file.tree):
        name, operands = function(call)
        if name != "backward" or not operands:
            continue
        for node in ast.walk(operands[0]):
            named = isinstance(node, ast.Name | ast.Attribute)
            for factor in (node, *(file.assigned(file.text_of(node)) if named else ())):
                value = factor.value if isinstance(factor, ast.Constant) else 0
                if isinstance(factor, ast.Constant) and isinstance(value, int | float):
                    yield from [factor] if value >= _LIKELY else []
