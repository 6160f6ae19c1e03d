"""The names and attributes that code changes: in a loop, and elsewhere in its file."""

from __future__ import annotations

import ast
from collections import Counter as Counts
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from midrun.source.expressions import called_name
from midrun.source.module import own_scope

Place = tuple[int, int]
_SCOPES = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda


@dataclass(frozen=True)
class Counter:
    """`target` grows by `step` in each round, in statement `at` of the body. A step of 0 has to be
    measured: the number grows in a loop inside."""

    target: ast.expr
    step: int
    at: int


def counters_in(body: list[ast.stmt]) -> tuple[Counter, ...]:
    """The numbers that go up in each round and are bound nowhere else in the body."""
    found = list(_increments(body))
    texts = Counts(
        ast.unparse(node)
        for statement in body
        for node in (statement, *own_scope(statement))
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store)
    )
    return tuple(counter for counter in found if texts[ast.unparse(counter.target)] == 1)


def _increments(body: list[ast.stmt]) -> Iterator[Counter]:
    """Each `x += 1` that is in no branch; in a loop inside, it is done who knows how often."""
    for index, statement in enumerate(body):
        if isinstance(statement, ast.For | ast.While):
            inside = (replace(counter, step=0, at=index) for counter in _increments(statement.body))
            yield from inside
        elif isinstance(statement, ast.With | ast.Try):
            yield from (replace(counter, at=index) for counter in _increments(statement.body))
        elif (
            isinstance(statement, ast.AugAssign)
            and isinstance(statement.op, ast.Add)
            and isinstance(statement.target, ast.Name | ast.Attribute)
            and isinstance(statement.value, ast.Constant)
            and type(statement.value.value) is int
        ):
            yield Counter(statement.target, statement.value.value, index)


def counter_by_call(target: ast.expr, functions: set[str], body: list[ast.stmt]) -> Counter:
    """A number that one of these functions counts up, in the first statement that calls one; if
    none does, in the first statement with a call."""
    called = [
        {called_name(part.func) for part in ast.walk(statement) if isinstance(part, ast.Call)}
        for statement in body
    ]
    by_name = (index for index, names in enumerate(called) if names & functions)
    by_any = (index for index, names in enumerate(called) if names)
    return Counter(target, 0, next(by_name, next(by_any, 0)))


def bound_in(node: ast.AST) -> Iterator[str]:
    """The names that `node` binds in its own scope by assignments and loops."""
    for child in (node, *own_scope(node)):
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            yield child.id


def bound_always_in(node: ast.AST) -> Iterator[str]:
    """The names that `node` binds in its own scope outside of branches."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif not isinstance(node, _SCOPES | ast.Match):
        parts = [node.test] if isinstance(node, ast.If) else ast.iter_child_nodes(node)
        for part in parts:
            yield from bound_always_in(part)


def attributes_that_change(tree: ast.AST) -> frozenset[str]:
    """The attributes that a file sets outside of `__init__`."""
    return frozenset(text.rpartition(".")[2] for text in stores_outside_init(tree))


def stores_outside_init(tree: ast.AST) -> frozenset[str]:
    """The attributes that a file sets outside of `__init__`, as they are written there."""
    return frozenset(
        ast.unparse(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and function.name != "__init__"
        for node in own_scope(function)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    )


def globals_that_change(tree: ast.AST) -> frozenset[str]:
    """The names that a function of a file declares as global."""
    return frozenset(
        n for part in ast.walk(tree) if isinstance(part, ast.Global) for n in part.names
    )


@dataclass
class Counted:
    """The names and attributes that functions of a program add to, with the names of these
    functions (`added`), and those that are begun anew somewhere, or changed in another way."""

    added: dict[str, set[str]] = field(default_factory=dict)
    begun_anew: set[str] = field(default_factory=lambda: {""})

    def find(self, tree: ast.AST, *, of_library: bool = False) -> None:
        """Add those of a file. A library sets its counters back between one loop and the next; what
        it begins anew in a loop is what the same function adds to."""
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef) and function.name != "__init__":
                added, begun_anew = _changed_in(function)
                for name in added:
                    self.added.setdefault(name, set()).add(function.name)
                self.begun_anew |= begun_anew & added if of_library else begun_anew

    def __contains__(self, name: str) -> bool:
        return name in self.added and name not in self.begun_anew


def _changed_in(function: ast.FunctionDef) -> tuple[set[str], set[str]]:
    """What a function adds to, and what it begins anew or changes in another way."""
    added: set[str] = set()
    begun_anew: set[str] = set()
    for node in own_scope(function):
        if isinstance(node, ast.AugAssign):
            (added if isinstance(node.op, ast.Add) else begun_anew).add(name_of(node.target))
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            begun_anew.update(name_of(target) for target in node.targets)
    return added, begun_anew


def name_of(node: ast.expr) -> str:
    """The name of a variable or attribute."""
    return getattr(node, "id", "") or getattr(node, "attr", "")
