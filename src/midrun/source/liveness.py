"""Which variables of a frame may still be read.

A variable is dead at a position if every way on from there binds it anew before it is read, or
never reads it. What is dead need not come back as it was: its value is enough (see
`midrun.run.graphs`). The answer errs on the side of "live": whatever a nested function or class
mentions is live, and so is everything where `locals()`, `eval`, `exec` or `vars` is called.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from midrun.source.cut import Cut
from midrun.source.module import Function
from midrun.source.remainder import continuing_body

Names = frozenset[str]
_NONE: Names = frozenset()
_EVERYTHING = ("locals", "eval", "exec", "vars", "globals", "dir")
_NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.GeneratorExp)


def live_names(function: Function, cut: Cut) -> Names | None:
    """The names that may be read before they are bound; None if any name may be."""
    body = continuing_body(function, cut)
    for node in ast.walk(ast.Module(body, [])):
        if isinstance(node, ast.Name) and node.id in _EVERYTHING:
            return None
    return _Liveness(_mentioned_in_nested(body)).block(body, _NONE)


def read_names(node: ast.AST) -> Names:
    """Every name that is read anywhere in `node`, nested scopes included."""
    return frozenset(
        part.id
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Store)
    )


def _mentioned_in_nested(body: Iterable[ast.stmt]) -> Names:
    names: Names = _NONE
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, _NESTED):
                names |= read_names(node)
    return names


class _Liveness:
    """Backward analysis of structured code; `always` are the names that are live everywhere."""

    def __init__(self, always: Names) -> None:
        self._always = always
        self._break: Names = _NONE
        self._continue: Names = _NONE
        self._caught: Names = _NONE  # live where an exception may lead

    def block(self, body: list[ast.stmt], after: Names) -> Names:
        for statement in reversed(body):
            after = self._statement(statement, after) | self._caught | self._always
        return after

    def _statement(self, node: ast.stmt, after: Names) -> Names:
        match node:
            case ast.Return() | ast.Raise():
                return read_names(node)
            case ast.Break():
                return self._break
            case ast.Continue():
                return self._continue
            case ast.If():
                branches = self.block(node.body, after) | self.block(node.orelse, after)
                return read_names(node.test) | branches
            case ast.For() | ast.AsyncFor() | ast.While():
                return self._loop(node, after)
            case ast.With() | ast.AsyncWith():
                live = self.block(node.body, after) | after
                for item in reversed(node.items):
                    live -= _bound(item.optional_vars)
                    live |= read_names(item.context_expr)
                return live
            case ast.Try() | ast.TryStar():
                return self._try(node, after)
            case ast.Match():
                live = after
                for case in node.cases:
                    live |= self.block(case.body, after) | read_names(case.pattern)
                    live |= read_names(case.guard) if case.guard else _NONE
                return live | read_names(node.subject)
            case ast.Assign() | ast.AnnAssign():
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if node.value is None:
                    return after
                for target in targets:
                    after = (after - _bound(target)) | read_names(target)
                return after | read_names(node.value)
            case ast.AugAssign():
                return after | read_names(node.value) | _all_names(node.target)
            case ast.Delete():
                for target in node.targets:
                    after = after - _bound(target) | _all_names(target)
                return after
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return (after - {node.name}) | read_names(node)
        return after | read_names(node)

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, after: Names) -> Names:
        outer = self._break, self._continue
        done = self.block(node.orelse, after)
        test = read_names(node.test) if isinstance(node, ast.While) else _NONE
        bound = _NONE if isinstance(node, ast.While) else _bound(node.target)
        head = done | test
        while True:
            self._break, self._continue = after, head
            body = self.block(node.body, head)
            grown = head | (body - bound) | test
            if grown == head:
                break
            head = grown
        self._break, self._continue = outer
        return head if isinstance(node, ast.While) else head | read_names(node.iter)

    def _try(self, node: ast.Try | ast.TryStar, after: Names) -> Names:
        final = self.block(node.finalbody, after)
        everything = final | read_names(ast.Module(node.finalbody, []))
        handlers: Names = everything
        for handler in node.handlers:
            live = self.block(handler.body, everything)
            live -= {handler.name} if handler.name else _NONE
            handlers |= live | (read_names(handler.type) if handler.type else _NONE)
        outer = self._break, self._continue, self._caught
        self._break |= everything
        self._continue |= everything
        self._caught |= handlers
        live = self.block(node.body, self.block(node.orelse, everything)) | handlers
        self._break, self._continue, self._caught = outer
        return live


def _bound(target: ast.AST | None) -> Names:
    """The names that an assignment to `target` binds for sure."""
    if target is None:
        return _NONE
    parts = ast.walk(target) if isinstance(target, ast.Tuple | ast.List | ast.Name) else ()
    return frozenset(p.id for p in parts if isinstance(p, ast.Name) and _stores(p))


def _stores(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store | ast.Del)


def _all_names(node: ast.AST) -> Names:
    return frozenset(part.id for part in ast.walk(node) if isinstance(part, ast.Name))
