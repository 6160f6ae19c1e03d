"""The cut form: the user's tree with calls that let the rounds of its loops be left out.

| source                | becomes                                                             |
| --------------------- | ------------------------------------------------------------------- |
| for T in I: B         | for T in _@loop(I): <counters>; B                                   |
| while C: B            | while C: if _@turn(): break; <counters>; B                          |
| after either          | _@left()                                                            |
| if C: B               | _@before(); if _@test(C): B   (where C depends on what was computed) |
| if C: B in a function | _@passed(); if C: B                      (where C compares variables) |
| x = C, return C there | _@passed(); x = C, return C                                  (the same) |
| o.n += 1 in a library | _@counts(o, "n"); o.n += 1                                          |

A counter is a number that goes up by the same amount in each round (`step += 1`): where rounds are
left out, `step = _@ahead(k, step)` at the head of the body moves it on. Each call is given the line
and column of its loop or `if`. As in the hot form no line moves, and all names contain an `@`.

Loops of generators, of `forward` and of what is compiled by torch stay as they are: they belong to
a round of another loop.
"""

from __future__ import annotations

import ast
from collections import Counter as Counts
from collections.abc import Iterator
from dataclasses import dataclass

from midrun.rehearse.frameworks import Cut
from midrun.rehearse.loops.expressions import is_chain, is_pure
from midrun.rehearse.loops.names import (
    Counted,
    Counter,
    Place,
    attributes_that_change,
    bound_always_in,
    bound_in,
    counter_by_call,
    counters_in,
    globals_that_change,
    name_of,
    stores_outside_init,
)  # fmt: skip
from midrun.source.expressions import called_name
from midrun.source.hot import begun, fresh, is_begun
from midrun.source.module import Source, own_scope

LOOP, TURN, LEFT, AHEAD, BEFORE, TEST, PASSED, COUNTS = (
    "_@loop", "_@turn", "_@left", "_@ahead", "_@before", "_@test", "_@passed", "_@counts"
)  # fmt: skip
LoopNode = ast.For | ast.While
_LEFT_ALONE = frozenset({"forward", "__getitem__", "__getitems__", "__len__", "__iter__"})
_COMPILERS = frozenset({"compile", "script", "jit", "njit", "vmap", "grad"})
_ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_FINITE = frozenset({"isnan", "isinf", "isfinite"})
_BLOCKS = ("body", "orelse", "finalbody")


@dataclass(frozen=True)
class LoopSite:
    """A loop of the source: its node, its body as it was, its counters, and the names that its body
    binds, with how often; `now_and_then` are those that it binds only in branches. `changing` is
    what its tests depend on that is changed elsewhere: by a function that it calls, say; `counted`
    what of it is only ever added to."""

    node: LoopNode
    body: tuple[ast.stmt, ...]
    counters: tuple[Counter, ...]
    bound: Counts[str]
    now_and_then: frozenset[str]
    changing: tuple[ast.expr, ...]
    counted: tuple[Counter, ...]
    function: str
    of_library: bool = False


@dataclass(frozen=True)
class TestSite:
    """An `if` whose outcome depends on what the program computes. `raises` says that its body ends
    in an exception, which is what it is for."""

    raises: bool


@dataclass(frozen=True)
class Sites:
    """The loops and tests of a file that were prepared, by line and column; `passed` are the tests
    in functions that compare variables."""

    loops: dict[Place, LoopSite]
    tests: dict[Place, TestSite]
    passed: dict[Place, ast.expr]


def cut_form(source: Source, counted: Counted | None = None, library: Cut | None = None) -> Sites:
    """Bring the tree of `source` into cut form, in place. What it counts is added to `counted`. Of
    a `library`, tests of values stay as they are, and what it counts up is told."""
    counted = counted if counted is not None else Counted()
    counted.find(source.tree, of_library=library is not None)
    form = _Form(source.tree, counted, library)
    form.block(source.tree, "<module>")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef) and not _is_left_alone(node):
            form.names = frozenset(bound_in(node))
            form.block(node, node.name)
    return Sites(form.loops, form.tests, form.passed)


class _Form:
    def __init__(self, tree: ast.AST, counted: Counted, library: Cut | None) -> None:
        self._library = library
        self.loops: dict[Place, LoopSite] = {}
        self.tests: dict[Place, TestSite] = {}
        self.passed: dict[Place, ast.expr] = {}
        self.names: frozenset[str] = frozenset()
        self._attributes = attributes_that_change(tree)
        self._stores = stores_outside_init(tree)
        self._globals = globals_that_change(tree)
        self._counted = counted

    def block(self, node: ast.AST, function: str) -> None:
        """Prepare the statements in the blocks of `node`, those of its own scope."""
        if isinstance(node, ast.Module):
            self.names = frozenset(bound_in(node))
        for field in _BLOCKS:
            block = getattr(node, field, None)
            if isinstance(block, list):
                setattr(node, field, self._statements(block, function))
        for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
            self.block(part, function)

    def _statements(self, block: list[ast.stmt], function: str) -> list[ast.stmt]:
        result: list[ast.stmt] = []
        for statement in block:
            if is_begun(statement):  # one of these calls
                result.append(statement)
                continue
            before: list[ast.stmt] = []
            after: list[ast.stmt] = []
            test = self._tested(statement)
            if test is not None and function != "<module>" and _compares(test):
                self.passed[statement.lineno, statement.col_offset] = fresh(test)
                before.append(_placed(ast.Expr(_call(PASSED, statement)), statement))
            if isinstance(statement, LoopNode) and self._may_be_cut(statement, function):
                after = self._loop(statement, function)
            elif isinstance(statement, ast.If) and self._is_of_values(statement):
                before += self._test(statement)
            elif isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add):
                before += _counts(statement) if self._library is not None else []
            if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                self.block(statement, function)
            result += [*before, statement, *after]
        return result

    def _tested(self, statement: ast.stmt) -> ast.expr | None:
        """What a statement tests, or what it makes a variable or result of, to be tested later: in
        the user's own code, where most of these are tensors, only the rest of a division."""
        if isinstance(statement, ast.If):
            return statement.test
        if not isinstance(statement, ast.Assign | ast.Return) or statement.value is None:
            return None
        if not isinstance(statement.value, ast.Compare | ast.BoolOp | ast.UnaryOp):
            return None
        rest = any(isinstance(part, ast.Mod) for part in ast.walk(statement.value))
        return statement.value if rest or self._library is not None else None

    def _may_be_cut(self, node: LoopNode, function: str) -> bool:
        if self._library is None:
            return _may_be_long(node)
        in_generators = self._library.in_generators
        return self._library.has(function) and _may_be_long(node, in_generators=in_generators)

    def _loop(self, node: LoopNode, function: str) -> list[ast.stmt]:
        place = node.lineno, node.col_offset
        counters = counters_in(node.body)
        bound = Counts(name for statement in node.body for name in bound_in(statement))
        rare = frozenset(bound) - frozenset(n for part in node.body for n in bound_always_in(part))
        changing = tuple(self._changing(node, {ast.unparse(c.target) for c in counters}))
        counted = tuple(
            counter_by_call(part, self._counted.added[name_of(part)], node.body)
            for part in changing
            if name_of(part) in self._counted
        )
        self.loops[place] = LoopSite(
            node, tuple(node.body), counters, bound, rare, changing, counted, function,
            self._library is not None,
        )  # fmt: skip
        first = node.body[0]
        ahead = [_ahead(node, number, counter) for number, counter in enumerate(counters)]
        if isinstance(node, ast.For):
            node.iter = _call(LOOP, node, node.iter, end=node.iter)
        else:
            turn = ast.If(_call(TURN, node), [ast.Break()], [])
            ahead.insert(0, turn)
        node.body = [*(_placed(statement, first) for statement in ahead), *node.body]
        return [_placed(ast.Expr(_call(LEFT, node)), node)]

    def _changing(self, node: LoopNode, counters: set[str]) -> Iterator[ast.expr]:
        body = [part for statement in node.body for part in (statement, *own_scope(statement))]
        bound = {
            ast.unparse(part)
            for part in (node, *body)
            if isinstance(part, ast.Name | ast.Attribute) and isinstance(part.ctx, ast.Store)
        }
        tests = [part.test for part in (node, *body) if isinstance(part, ast.If | ast.While)]
        seen = counters | bound
        for part in (part for test in tests for part in ast.walk(test)):
            if not isinstance(part, ast.Name | ast.Attribute) or not is_chain(part):
                continue
            text, name = ast.unparse(part), name_of(part)
            is_set = text in self._stores or f"self.{name}" in self._stores
            if text not in seen and (is_set if "." in text else text in self._globals):
                seen.add(text)
                yield fresh(part)

    def _test(self, node: ast.If) -> list[ast.stmt]:
        place = node.lineno, node.col_offset
        last = node.body[-1]
        self.tests[place] = TestSite(isinstance(last, ast.Raise))
        node.test = _call(TEST, node, node.test, end=node.test)
        return [_placed(ast.Expr(_call(BEFORE, node)), node)]

    def _is_of_values(self, node: ast.If) -> bool:
        """Whether a test is of something that the program computes as it goes: it compares values,
        or asks whether to leave the loop."""
        if self._library is not None:
            return False
        test = node.test
        parts = list(ast.walk(test))
        if any(isinstance(part, ast.Call) and called_name(part.func) == "len" for part in parts):
            return False
        compares = any(
            isinstance(part, ast.Compare) and any(isinstance(op, _ORDER) for op in part.ops)
            for part in parts
        )
        finite = any(isinstance(p, ast.Call) and called_name(p.func) in _FINITE for p in parts)
        plain = isinstance(test, ast.Name | ast.Attribute)
        varies = any(isinstance(p, ast.Name) and p.id in self.names for p in parts) or any(
            isinstance(p, ast.Attribute) and p.attr in self._attributes for p in parts
        )
        flag = plain and isinstance(test, ast.Attribute) and test.attr in self._attributes
        calls = any(isinstance(part, ast.Call) for part in parts)
        leaves = isinstance(node.body[-1], ast.Break) and (calls or plain)
        return finite or (compares and varies) or flag or leaves


def _compares(test: ast.expr) -> bool:
    """Whether a test compares variables, and does nothing else."""
    return is_pure(test) and any(isinstance(part, ast.Compare) for part in ast.walk(test))


def plain(test: ast.expr) -> ast.expr:
    """A test as the user wrote it."""
    if isinstance(test, ast.Call) and isinstance(test.func, ast.Name) and test.func.id == TEST:
        return test.args[2]
    return test


def _counts(node: ast.AugAssign) -> list[ast.stmt]:
    """Telling that an attribute is about to be counted up."""
    target = node.target
    if not isinstance(target, ast.Attribute) or not is_chain(target):
        return []
    owner = ast.parse(ast.unparse(target.value), mode="eval").body
    call = ast.Call(ast.Name(COUNTS, ast.Load()), [owner, ast.Constant(target.attr)], [])
    return [_placed(ast.Expr(call), node)]


def _may_be_long(node: LoopNode, *, in_generators: bool = False) -> bool:
    inside = [part for statement in node.body for part in (statement, *own_scope(statement))]
    yields = any(isinstance(part, ast.Yield | ast.YieldFrom | ast.Await) for part in inside)
    return (in_generators or not yields) and any(isinstance(part, ast.Call) for part in inside)


def _is_left_alone(node: ast.FunctionDef) -> bool:
    parts = {
        called_name(part)
        for decorator in node.decorator_list
        for part in ast.walk(decorator)
        if isinstance(part, ast.expr)
    }
    return node.name in _LEFT_ALONE or bool(parts & _COMPILERS)


def _call(name: str, node: ast.stmt, *arguments: ast.expr, end: ast.expr | None = None) -> ast.expr:
    place = [ast.Constant(node.lineno), ast.Constant(node.col_offset)]
    call = ast.Call(ast.Name(name, ast.Load()), [*place, *arguments], [])
    for part in (call, call.func, *place):
        part.lineno = part.end_lineno = node.lineno
        part.col_offset = part.end_col_offset = node.col_offset
    if end is not None:  # a place of its own, which no expression of the user's has
        call.end_lineno, call.end_col_offset = end.end_lineno, end.end_col_offset
    return call


def _ahead(node: LoopNode, number: int, counter: Counter) -> ast.stmt:
    value = ast.parse(ast.unparse(counter.target), mode="eval").body
    target = ast.parse(ast.unparse(counter.target) + " = 0").body[0]
    assert isinstance(target, ast.Assign)
    target.value = _call(AHEAD, node, ast.Constant(number), value)
    return target


def _placed(statement: ast.stmt, place: ast.stmt) -> ast.stmt:
    for part in ast.walk(statement):
        if isinstance(part, ast.expr | ast.stmt):
            part.lineno = part.end_lineno = place.lineno
            part.col_offset = part.end_col_offset = place.col_offset
    return begun(statement)
