"""What is known beforehand of the rounds of a loop: how its conditions will come out in each.

A condition such as `(i + 1) % accum == 0` or `epoch == args.warmup` depends only on what is known
of any round (the loop's variable, its counters) and on what the loop does not change. It is
evaluated for the rounds to come, as it stands in the source, in the frame of the loop. Conditions
of functions that the loop calls count, too, where the call passes them such values:
`validate(epoch)`.
"""

from __future__ import annotations

import ast
import inspect
import re
import types
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from midrun.rehearse.loops.form import TEST, LoopSite, Place
from midrun.rehearse.loops.sources import UNKNOWN, Source
from midrun.source.book import Book
from midrun.source.hot import fresh
from midrun.source.module import own_scope
from midrun.source.positions import Unknown

Known = Mapping[str, Any]
Outcome = tuple[str, Place, bool]  # a condition, by file and place, and how it came out
_COUNTER = re.compile(r"_@[cd]\d+")
_FUNCTIONS = frozenset({"len", "int", "float", "bool", "min", "max", "abs", "round"})
_PURE = (
    ast.Name, ast.Constant, ast.Attribute, ast.Subscript, ast.Compare, ast.BoolOp, ast.BinOp,
    ast.UnaryOp, ast.IfExp, ast.Tuple, ast.List, ast.Call, ast.Load, ast.operator, ast.cmpop,
    ast.boolop, ast.unaryop,
)  # fmt: skip
_MOST_INSIDE = 10_000  # rounds of a loop inside whose counter is looked at
_DEPTH = 2  # calls inside calls that are followed


@dataclass(frozen=True)
class Condition:
    """`place` is that of the `if` (or of the `while` itself). If `ends` is "true" or "false", the
    loop ends when it comes out so. `value` gives its outcome from what is known of a round."""

    file: str
    place: Place
    ends: str
    value: Callable[[Known], bool]


class Facts:
    """The conditions of one execution of a loop in `frame`, whose round `origin` is the next.
    `steps` are what counters are known to grow by in a round, `heads` what they were at the head of
    the last one."""

    def __init__(
        self, site: LoopSite, source: Source | None, frame: types.FrameType, book: Book, *,
        origin: int, steps: Mapping[int, int], heads: Mapping[int, int],
    ) -> None:  # fmt: skip
        self._site = site
        self._source = source
        self._origin = origin
        self._namespace = {**frame.f_globals, **frame.f_locals}
        self._book = book
        self._start = [self._now(counter.target) for counter in site.counters]
        self._steps = [
            counter.step or steps.get(number) or _difference(start, heads.get(number))
            for number, (counter, start) in enumerate(zip(site.counters, self._start, strict=True))
        ]
        names = frozenset(self.known(origin))
        self.conditions = list(self._conditions(frame.f_code.co_filename, names))
        del self._book, self._namespace

    def known(self, index: int) -> dict[str, Any]:
        """What is known of round `index`, by name; counters as they are at its beginning and, under
        a second name, at its end."""
        found: dict[str, Any] = {}
        if isinstance(self._site.node, ast.For) and self._source is not None:
            found.update(_bind(self._site.node.target, self._source.at(index)))
        for number, start in enumerate(self._start):
            if type(start) is int:
                step, rounds = self._steps[number], index - self._origin
                found[f"_@c{number}"] = start + rounds * step
                found[f"_@d{number}"] = start + (rounds + 1) * step
        return found

    def outcomes(self, index: int) -> tuple[bool | None, ...]:
        """How each condition comes out in round `index`; None where it can't be told."""
        known = self.known(index)
        return tuple(_outcome(condition, known) for condition in self.conditions)

    def met(self, values: tuple[bool | None, ...]) -> list[Outcome]:
        """The outcomes of a round, but for those of conditions that end the loop."""
        return [
            (condition.file, condition.place, bool(value))
            for condition, value in zip(self.conditions, values, strict=True)
            if value is not None and not condition.ends
        ]

    def kind(self, values: tuple[bool | None, ...]) -> Hashable:
        """Of what kind a round is: the conditions that are true in it."""
        return tuple(sorted(outcome for outcome in self.met(values) if outcome[2]))

    def _now(self, target: ast.expr) -> Any:
        try:
            return eval(ast.unparse(target), self._namespace)
        except Exception:
            return None

    def _conditions(self, file: str, names: frozenset[str]) -> Iterator[Condition]:
        node = self._site.node
        if isinstance(node, ast.While):
            yield from self._condition(file, node, node.test, "false", 0, names)
        for at, statement in enumerate(self._site.body):
            for part in (statement, *own_scope(statement)):
                if isinstance(part, ast.If):
                    ends = "true" if any(isinstance(s, ast.Break) for s in part.body) else ""
                    yield from self._condition(file, part, plain(part.test), ends, at, names)
                elif isinstance(part, ast.Call):
                    yield from self._called(part, at, names)

    def _condition(
        self, file: str, node: ast.If | ast.While, test: ast.expr, ends: str, at: int,
        names: frozenset[str],
    ) -> Iterator[Condition]:  # fmt: skip
        value = self._compiled(test, at, names)
        if value is not None:
            yield Condition(file, (node.lineno, node.col_offset), ends, value)

    def _called(self, call: ast.Call, at: int, names: frozenset[str]) -> Iterator[Condition]:
        passed = [(n, self._compiled(a, at, names)) for n, a in enumerate(call.args)]
        named = [(k.arg, self._compiled(k.value, at, names)) for k in call.keywords if k.arg]
        values = {key: value for key, value in [*passed, *named] if value is not None}
        if not values or not _is_chain(call.func):
            return
        root = next(n.id for n in ast.walk(call.func) if isinstance(n, ast.Name))
        if root in self._site.bound:
            return
        function = self._now(call.func)
        yield from _conditions_of_call(function, values, self._book, _DEPTH)

    def _compiled(
        self, node: ast.expr, at: int, names: frozenset[str]
    ) -> Callable[[Known], Any] | None:
        """The value of an expression from what is known of a round; None if it depends on more, or
        on nothing of it."""
        if isinstance(node, ast.Starred):
            return None
        replaced = _Known(self._site, at, names).visit(fresh(node))
        inner = [n.id for n in ast.walk(replaced) if isinstance(n, ast.Name)]
        grows = next((n for n in inner if self._grows_inside(n, at)), None)
        free = {n.id for n in ast.walk(replaced) if isinstance(n, ast.Name)}
        used = free & names
        if not used or not _is_pure(replaced) or any(n in self._site.bound for n in free - used):
            return None
        value = _function(replaced, sorted(used), self._namespace)
        return value if grows is None else _at_any_time(value, grows)

    def _grows_inside(self, name: str, at: int) -> bool:
        """Whether a name stands for a counter of a loop inside, in that loop."""
        if not _COUNTER.fullmatch(name):
            return False
        counter = self._site.counters[int(name[3:])]
        return counter.step == 0 and counter.at == at


class _Known(ast.NodeTransformer):
    """Puts the names under which counters are known in their places, and what a variable was given
    in the body before, if that is known."""

    def __init__(self, site: LoopSite, at: int, names: frozenset[str]) -> None:
        self._counters = {ast.unparse(c.target): (n, c) for n, c in enumerate(site.counters)}
        self._at = at
        self._names = names
        self._given = {
            statement.targets[0].id: statement.value
            for statement in site.body[:at]
            if isinstance(statement, ast.Assign)
            and len(statement.targets) == 1
            and isinstance(statement.targets[0], ast.Name)
            and site.bound[statement.targets[0].id] == 1
        }

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self._given:
            return self.visit(fresh(self._given.pop(node.id)))  # type: ignore[no-any-return]
        return self._counter(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        counter = self._counter(node)
        return counter if counter is not node else self.generic_visit(node)  # type: ignore[return-value]

    def _counter(self, node: ast.Name | ast.Attribute) -> ast.expr:
        found = self._counters.get(ast.unparse(node))
        if found is None or f"_@c{found[0]}" not in self._names:
            return node
        number, counter = found
        return ast.Name(f"_@{'d' if counter.at < self._at else 'c'}{number}", ast.Load())


def _difference(now: Any, before: int | None) -> int:
    return now - before if type(now) is int and before is not None else 0


def _at_any_time(value: Callable[[Known], Any], name: str) -> Callable[[Known], Any]:
    """Whether a condition is true at any time in a round, for a counter that grows in it."""

    def outcome(known: Known) -> bool | None:
        start, end = known[f"_@c{name[3:]}"], known[f"_@d{name[3:]}"]
        if not 0 < end - start <= _MOST_INSIDE:
            return None
        return any(value({**known, name: now}) for now in range(start + 1, end + 1))

    return outcome


def plain(test: ast.expr) -> ast.expr:
    """A test as the user wrote it."""
    if isinstance(test, ast.Call) and isinstance(test.func, ast.Name) and test.func.id == TEST:
        return test.args[2]
    return test


def _conditions_of_call(
    function: Any, values: dict[Any, Callable[[Known], Any]], book: Book, depth: int
) -> Iterator[Condition]:
    """The conditions in a function of the user's, of parameters whose values are known."""
    method = inspect.ismethod(function)
    plain_function = function.__func__ if method else function
    if not isinstance(plain_function, types.FunctionType):
        return
    try:
        source, found = book.find(plain_function.__code__)
    except Unknown:
        return
    if source.path not in book.own or not isinstance(found.node, ast.FunctionDef):
        return
    parameters = [a.arg for a in (*found.node.args.posonlyargs, *found.node.args.args)]
    offset = 1 if method else 0
    given = {
        (parameters[key + offset] if isinstance(key, int) else key): value
        for key, value in values.items()
        if not isinstance(key, int) or key + offset < len(parameters)
    }
    namespace = dict(plain_function.__globals__)
    if method and parameters:
        namespace[parameters[0]] = function.__self__
    bound = {
        n.id for n in own_scope(found.node) if isinstance(n, ast.Name) and type(n.ctx) is ast.Store
    }
    others = set(parameters[offset:]) - set(given)
    for node in own_scope(found.node):
        if not isinstance(node, ast.If):
            continue
        test = plain(node.test)
        free = {n.id for n in ast.walk(test) if isinstance(n, ast.Name)}
        used = free & set(given)
        if not used or free & (bound | others) or not _is_pure(test):
            continue
        value = _function(test, sorted(used), namespace)
        place = node.lineno, node.col_offset
        yield Condition(source.path, place, "", _composed(value, {u: given[u] for u in used}))


def _composed(
    value: Callable[[Known], Any], given: dict[str, Callable[[Known], Any]]
) -> Callable[[Known], Any]:
    return lambda known: value({name: argument(known) for name, argument in given.items()})


def _function(
    node: ast.expr, names: list[str], namespace: dict[str, Any]
) -> Callable[[Known], Any]:
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


def _outcome(condition: Condition, known: Known) -> bool | None:
    try:
        value = condition.value(known)
    except Exception:
        return None
    return value if isinstance(value, bool | int) else None


def _bind(target: ast.expr, value: Any) -> Iterator[tuple[str, Any]]:
    """The names of a loop's target with their values, as far as they are known."""
    if value is UNKNOWN:
        return
    if isinstance(target, ast.Name):
        if not isinstance(value, tuple) or UNKNOWN not in value:
            yield target.id, value
    elif isinstance(target, ast.Tuple | ast.List) and isinstance(value, tuple | list):
        for part, item in zip(target.elts, value, strict=False):
            yield from _bind(part, item)


def _is_pure(node: ast.AST) -> bool:
    """Whether evaluating an expression changes nothing and can be done at any time."""
    for part in ast.walk(node):
        if not isinstance(part, _PURE):
            return False
        if isinstance(part, ast.Call):
            called = part.func
            if not isinstance(called, ast.Name) or called.id not in _FUNCTIONS or part.keywords:
                return False
    return True


def _is_chain(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)
