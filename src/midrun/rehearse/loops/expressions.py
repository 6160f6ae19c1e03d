"""Expressions of the user's that are evaluated elsewhere than they stand."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from midrun.source.hot import fresh

_FUNCTIONS = frozenset({"len", "int", "float", "bool", "min", "max", "abs", "round"})
_PURE = (
    ast.Name, ast.Constant, ast.Attribute, ast.Subscript, ast.Compare, ast.BoolOp, ast.BinOp,
    ast.UnaryOp, ast.IfExp, ast.Tuple, ast.List, ast.Call, ast.Load, ast.operator, ast.cmpop,
    ast.boolop, ast.unaryop,
)  # fmt: skip


def is_chain(node: ast.AST) -> bool:
    """Whether an expression is a name, or an attribute of an attribute of a name."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def is_pure(node: ast.AST) -> bool:
    """Whether evaluating an expression changes nothing and can be done at any time."""
    for part in ast.walk(node):
        if not isinstance(part, _PURE):
            return False
        if isinstance(part, ast.Call):
            called = part.func
            if not isinstance(called, ast.Name) or called.id not in _FUNCTIONS or part.keywords:
                return False
    return True


def is_moving(side: ast.expr) -> bool:
    """Whether an expression is a variable, or one and a number more or less."""
    if isinstance(side, ast.BinOp) and isinstance(side.op, ast.Add | ast.Sub):
        return is_chain(side.left) and isinstance(side.right, ast.Constant)
    return is_chain(side)


def function(
    node: ast.expr, names: list[str], namespace: dict[str, Any]
) -> Callable[[Mapping[str, Any]], Any]:
    arguments = ast.arguments(
        posonlyargs=[ast.arg(name) for name in names], args=[], kwonlyargs=[], kw_defaults=[],
        defaults=[], vararg=None, kwarg=None,
    )  # fmt: skip
    tree = ast.fix_missing_locations(ast.Expression(ast.Lambda(arguments, fresh(node))))
    free = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    # Only these, since a namespace would keep all that the program holds there.
    held = {name: namespace[name] for name in free if name in namespace}
    made = eval(compile(tree, "<condition>", "eval"), held)
    return lambda known: made(*(known[name] for name in names))


def value_of(code: Any, names: dict[str, Any], inner: Mapping[str, Any]) -> Any:
    try:
        return eval(code, names, inner)
    except Exception:
        return None
