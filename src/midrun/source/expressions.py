"""The expressions of one statement, and the ways to them."""

from __future__ import annotations

import ast

from midrun.source.module import own_scope
from midrun.source.positions import Path


def expressions(node: ast.AST, prefix: Path = ()) -> list[tuple[Path, ast.AST]]:
    """The expressions of a statement that run in its own scope, with the ways to them."""
    found: list[tuple[Path, ast.AST]] = []
    own = {id(n) for n in own_scope(node)}
    for name, value in ast.iter_fields(node):
        for index, child in enumerate(value) if isinstance(value, list) else [(-1, value)]:
            if isinstance(child, ast.AST) and id(child) in own and not isinstance(child, ast.stmt):
                path = (*prefix, (name, index))
                found += [(path, child), *expressions(child, path)]
    return found


def called_name(node: ast.expr) -> str | None:
    """The last part of a dotted name."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None
