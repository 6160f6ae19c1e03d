"""The loops of a file, the variables that a round of each gives a value, and what follows them."""

from __future__ import annotations

import ast
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from midrun.source.module import Function, Source

LoopNode = ast.For | ast.AsyncFor | ast.While
Place = tuple[int, int]  # line and column of a statement
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(frozen=True)
class Loop:
    """One loop of a function; its body ends on line `end`.

    `targets` are the variables of the loop and of those around it (`outer`), the outermost first,
    `bound` what else its body binds, `read` what it only reads of the function's. Names that the
    function binds outside the loop, too, are `shared`: after it they may hold something else.
    """

    file: str
    line: int
    end: int
    function: str
    outer: tuple[str, ...]
    targets: tuple[str, ...]
    bound: tuple[str, ...]
    read: tuple[str, ...]
    shared: frozenset[str]

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return self.targets + self.bound + self.read


def loops(source: Source) -> dict[Place, Loop]:
    """The loops of a file by line and column of the first statement of their bodies, where a round
    is checked. Those of class bodies are left out."""
    found: dict[tuple[int, int], Loop] = {}
    for function in source.functions.values():
        if not isinstance(function.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module):
            continue
        nodes = list(_loops(function.body, ()))
        binds = Counter(_arguments(function)) if nodes else Counter()
        for statement in function.body if nodes else ():
            binds.update(_names(statement, ast.Store))
        for node, around in nodes:
            loop = _describe(source.path, function.qualname, node, around, binds)
            found[_place(node.body[0])] = loop
    return found


def ends(source: Source) -> dict[Place, list[Place]]:
    """The statements of a file that follow one with loops in it: for each, these loops, by the
    first statements of their bodies."""
    found: dict[Place, list[Place]] = defaultdict(list)
    for function in source.functions.values():
        for body in _bodies(function.body):
            for statement, following in itertools.pairwise(body):
                for node, _ in _loops([statement], ()):
                    found[_place(following)].append(_place(node.body[0]))
    return dict(found)


def _bodies(body: list[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """A list of statements, and those in its statements of the same scope."""
    yield body
    for statement in body:
        if not isinstance(statement, _SCOPES):
            for field in ("body", "orelse", "finalbody"):
                yield from _bodies(getattr(statement, field, []))
            for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
                yield from _bodies(part.body)


def _place(statement: ast.stmt) -> Place:
    return statement.lineno, statement.col_offset


def _loops(
    body: list[ast.stmt], around: tuple[LoopNode, ...]
) -> Iterator[tuple[LoopNode, tuple[LoopNode, ...]]]:
    for statement in body:
        if isinstance(statement, _SCOPES):
            continue
        is_loop = isinstance(statement, LoopNode)
        inside = around
        if isinstance(statement, LoopNode):
            yield statement, around
            inside = (*around, statement)
        for field in ("body", "orelse", "finalbody"):
            within = inside if field == "body" or not is_loop else around
            yield from _loops(getattr(statement, field, []), within)
        for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
            yield from _loops(part.body, around)


def _describe(
    path: str, function: str, node: LoopNode, around: tuple[LoopNode, ...], binds: Counter[str]
) -> Loop:
    outer = _unique(name for loop in around for name in _targets(loop))
    targets = _unique([*outer, *_targets(node)])
    inside = Counter(name for statement in node.body for name in _names(statement, ast.Store))
    bound = tuple(name for name in inside if name not in targets)
    loads = _unique(name for statement in node.body for name in _names(statement, ast.Load))
    read = tuple(n for n in loads if n in binds and n not in targets and n not in inside)
    outermost = Counter(_names(around[0] if around else node, ast.Store))
    shared = {name for name in bound if binds[name] > inside[name]}
    shared |= {name for name in targets if binds[name] > outermost[name]}
    return Loop(
        path,
        node.lineno,
        node.body[-1].end_lineno or 0,
        function,
        outer,
        targets,
        bound,
        read,
        frozenset(shared),
    )


def _targets(loop: LoopNode) -> list[str]:
    return [] if isinstance(loop, ast.While) else list(_names(loop.target, ast.Store))


def _arguments(function: Function) -> list[str]:
    if not isinstance(function.node, ast.FunctionDef | ast.AsyncFunctionDef):
        return []
    arguments = function.node.args
    return [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]


def _names(node: ast.AST, context: type[ast.expr_context]) -> Iterator[str]:
    """The plain names that `node` binds, or reads, in its own scope; not those that begin with an
    underscore."""
    if isinstance(node, _SCOPES):
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, context) and node.id[0] != "_":
        yield node.id
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.comprehension):
            yield from _names(child.iter, context)  # its target is a variable of its own
        else:
            yield from _names(child, context)


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
