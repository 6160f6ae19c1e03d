"""What differs between two lists of statements.

A statement that was only moved is no change. A compound statement whose header is the same is not a
change itself; what changed inside it is.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from midrun.source.likeness import (
    BLOCKS,
    defined_name,
    pair_statements,
    same,
    same_all,
    same_header,
)
from midrun.source.positions import Path

_SIMPLE = (
    ast.Import,
    ast.ImportFrom,
    ast.Assign,
    ast.AnnAssign,
    ast.Expr,
    ast.Delete,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Change:
    """One statement that is new (`old` is None), deleted (`new` is None) or changed.

    `path` leads to it in the old source; for a new statement, to the one before which it stands.
    """

    old: ast.stmt | None
    new: ast.stmt | None
    path: Path

    @property
    def line(self) -> int:
        """Where it is in the new source; for what was deleted, where it was in the old one."""
        statement = self.new or self.old
        assert statement is not None
        return statement.lineno


def changes(olds: list[ast.stmt], news: list[ast.stmt], path: Path = ()) -> list[Change]:
    """The changes of one block, in the order of the new source; those deleted come last.

    The block is the field `body` at the end of `path`. Docstrings are left out.
    """
    return _changes(olds, news, path, "body")


def deep_changes(olds: list[ast.stmt], news: list[ast.stmt]) -> Iterator[Change]:
    """The changes of a function's body with those inside its blocks, but not inside nested
    functions and classes."""
    return _deep(olds, news, (), "body")


def runs_again(statement: ast.stmt) -> bool:
    """Whether a module-level statement is run again if it is changed: definitions, imports and
    other simple statements, and `if` and `try` blocks of nothing but definitions, imports and
    constants."""
    if isinstance(statement, _SIMPLE) or type(statement).__name__ == "TypeAlias":
        return True
    return (
        isinstance(statement, ast.If | ast.Try)
        and not is_main_guard(statement)
        and all(map(_is_harmless, _inner(statement)))
    )


def is_main_guard(statement: ast.stmt) -> bool:
    """Whether it is `if __name__ == "__main__":`."""
    return isinstance(statement, ast.If) and any(
        isinstance(node, ast.Name) and node.id == "__name__" for node in ast.walk(statement.test)
    )


def bound_by(statement: ast.stmt) -> set[str]:
    """The names that a statement may bind where it stands, except those of a star import."""
    names: set[str] = set()
    todo: list[ast.AST] = [statement]
    while todo:
        node = todo.pop()
        if isinstance(node, DEFINITIONS):
            names.add(node.name)
            todo += node.decorator_list
            continue
        if isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp):
            continue
        if isinstance(node, ast.GeneratorExp):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.alias) and node.name != "*":
            names.add(node.asname or node.name.partition(".")[0])
        elif isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
            names.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            names.add(node.rest)
        todo += ast.iter_child_nodes(node)
    return names


def global_names(tree: ast.Module) -> set[str]:
    """The names that a module binds anywhere: at its own level or by `global` in a function."""
    names = set().union(*map(bound_by, tree.body))
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            names.update(node.names)
    return names


def is_docstring(statement: ast.stmt, index: int) -> bool:
    """Whether the statement at `index` of a module, class or function is its docstring."""
    return (
        index == 0
        and isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _changes(olds: list[ast.stmt], news: list[ast.stmt], path: Path, field: str) -> list[Change]:
    pairs = pair_statements(olds, news)
    lost = [i for i, old in enumerate(olds) if i not in pairs and not is_docstring(old, i)]
    fresh = [j for j in range(len(news)) if j not in pairs.values()]
    for j in list(fresh):
        moved = next((i for i in lost if _is_moved(olds[i], news[j])), None)
        if moved is not None:
            pairs[moved] = j
            lost.remove(moved)
            fresh.remove(j)
    befores = {j: i for i, j in pairs.items()}
    found: list[Change] = []
    previous = -1
    for j, new in enumerate(news):
        i = befores.get(j)
        if i is None:
            if not is_docstring(new, j):
                found.append(Change(None, new, (*path, (field, previous + 1))))
            continue
        previous = i
        if not same(olds[i], new) and not is_docstring(new, j):
            found.append(Change(olds[i], new, (*path, (field, i))))
    return found + [Change(olds[i], None, (*path, (field, i))) for i in lost]


def _is_moved(old: ast.stmt, new: ast.stmt) -> bool:
    """Whether two statements that stand in other places define or assign the same."""
    name = defined_name(old)
    if name is not None and name == defined_name(new):
        return isinstance(old, ast.ClassDef) == isinstance(new, ast.ClassDef)
    if isinstance(old, ast.Assign) and isinstance(new, ast.Assign):
        return same_all(old.targets, new.targets)
    return same(old, new)


def _deep(olds: list[ast.stmt], news: list[ast.stmt], path: Path, field: str) -> Iterator[Change]:
    for change in _changes(olds, news, path, field):
        old, new = change.old, change.new
        if old is None or new is None or type(old) is not type(new):
            yield change
            continue
        if isinstance(old, DEFINITIONS):
            if not same_header(old, new):
                yield change
            continue
        if not hasattr(old, "body") and not hasattr(old, "cases"):
            yield change
            continue
        if not same_header(old, new):
            yield change
        for name in ("body", "orelse", "finalbody"):
            yield from _deep(getattr(old, name, []), getattr(new, name, []), change.path, name)
        for name in ("handlers", "cases"):
            parts = getattr(old, name, []), getattr(new, name, [])
            if len(parts[0]) != len(parts[1]):
                yield change
                continue
            for index, (before, after) in enumerate(zip(*parts, strict=True)):
                if not same_header(before, after):
                    yield change
                yield from _deep(before.body, after.body, (*change.path, (name, index)), "body")


def _inner(statement: ast.If | ast.Try) -> Iterator[ast.stmt]:
    for name in BLOCKS:
        for part in getattr(statement, name, []):
            if isinstance(part, ast.ExceptHandler):
                yield from part.body
            elif isinstance(part, ast.If | ast.Try):
                yield from _inner(part)
            else:
                yield part


def _is_harmless(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        return statement.value is None or not any(
            isinstance(node, ast.Call | ast.Await | ast.Yield | ast.YieldFrom)
            for node in ast.walk(statement.value)
        )
    return isinstance(statement, (*DEFINITIONS, ast.Import, ast.ImportFrom, ast.Pass))
