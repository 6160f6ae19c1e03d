"""What is known beforehand of the rounds of a loop: how its conditions will come out in each.

A condition such as `(i + 1) % accum == 0` or `epoch == args.warmup` depends only on what is known
of any round (the loop's variable, its counters) and on what the loop does not change. It is
evaluated for the rounds to come, as it stands in the source, in the frame of the loop. Conditions
of functions that the loop calls count, too, where the call passes them such values:
`validate(epoch)`.
"""

from __future__ import annotations

import ast
import re
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from midrun.rehearse.loops.called import Condition, Known, of_call
from midrun.rehearse.loops.expressions import function, is_chain, is_moving, is_pure, value_of
from midrun.rehearse.loops.form import LoopSite, plain
from midrun.rehearse.loops.names import Counted, Counter, name_of
from midrun.rehearse.loops.passing import INDEX, Passed, conditions_and_moves
from midrun.rehearse.loops.sources import UNKNOWN, Source
from midrun.source.book import Book
from midrun.source.hot import fresh
from midrun.source.module import own_scope

Outcome = tuple[str, tuple[int, ...], bool]  # a condition, by file and place, and how it came out
_COUNTER = re.compile(r"_@[cd]\d+")
_MOST_INSIDE = 10_000  # rounds of a loop inside whose counter is looked at
_PLAIN = (int, float, str, type(None))
_NONE: Mapping[str, Any] = {}
_HEAD = -1  # where the test of a `while` is made: before its first statement
_UPWARDS = {ast.Eq: ast.GtE, ast.NotEq: ast.Lt}
_DOWNWARDS = {ast.Eq: ast.LtE, ast.NotEq: ast.Gt}
_DEPTH = 2  # calls inside calls that are followed


class Facts:
    """The conditions of one execution of a loop in `frame`, whose round `origin` is the next.
    `steps` are what counters (and then what is counted elsewhere) are known to grow by in a round,
    `heads` what counters were at the head of the last one; `passed` are the tests that were met in
    those before, `counted` what the program counts."""

    def __init__(
        self, site: LoopSite, source: Source | None, frame: types.FrameType, book: Book, *,
        origin: int, steps: Mapping[int, int], heads: Mapping[int, int],
        passed: Sequence[Passed] = (), counted: Counted | None = None,
    ) -> None:  # fmt: skip
        self._site = site
        self._source = source
        self._origin = origin
        self._namespace = {**frame.f_globals, **frame.f_locals}
        self._book = book
        self._counters = [*site.counters, *site.counted]
        self._start = [self._now(counter.target) for counter in self._counters]
        self._steps = [
            counter.step or steps.get(number) or _difference(start, heads.get(number))
            for number, (counter, start) in enumerate(zip(self._counters, self._start, strict=True))
        ]
        self._depends: dict[str, Any] = {}
        self._kinds: dict[int, tuple[Outcome, ...]] = {}
        names = frozenset(self.known(origin))
        self.conditions = list(self._conditions(frame.f_code.co_filename, names))
        moved = {name_of(counter.target) for counter in self._counters}
        met, self.moves = conditions_and_moves(
            list(passed), self.conditions, moved, counted or Counted()
        )
        self.conditions += met
        self.changing = frozenset((c.file, c.place) for c in self.conditions if c.changes)
        self._code = {text: compile(text, "<condition>", "eval") for text in self._depends}
        del self._book, self._namespace

    def are_stale(self, frame: types.FrameType) -> bool:
        """Whether something has changed since that conditions depend on."""
        if not self._depends:
            return False
        names, inner = frame.f_globals, frame.f_locals
        return any(
            value_of(code, names, inner) != self._depends[text] for text, code in self._code.items()
        )

    def known(self, index: int) -> dict[str, Any]:
        """What is known of round `index`, by name; counters as they are at its beginning and, under
        a second name, at its end."""
        found: dict[str, Any] = {INDEX: index}
        if isinstance(self._site.node, ast.For) and self._source is not None:
            found.update(_bind(self._site.node.target, self._source.at(index)))
        for number, start in enumerate(self._start):
            step, rounds = self._steps[number], index - self._origin
            if type(start) is int and (step or number < len(self._site.counters)):
                found[f"_@c{number}"] = start + rounds * step
                found[f"_@d{number}"] = start + (rounds + 1) * step
        return found

    def outcomes(self, index: int) -> tuple[bool | None, ...]:
        """How each condition comes out in round `index`; None where it can't be told."""
        if not self.conditions:
            return ()
        known = self.known(index)
        return tuple(_outcome(condition, known) for condition in self.conditions)

    def met(self, values: tuple[bool | None, ...]) -> list[Outcome]:
        """The outcomes of a round, but for those of conditions that end the loop."""
        return [
            (condition.file, condition.place, bool(value))
            for condition, value in zip(self.conditions, values, strict=True)
            if value is not None and not condition.ends
        ]

    def kind(self, values: tuple[bool | None, ...]) -> tuple[Outcome, ...]:
        """Of what kind a round is: the conditions that are true in it."""
        return tuple(sorted(outcome for outcome in self.met(values) if outcome[2]))

    def kind_of(self, index: int) -> tuple[Outcome, ...]:
        """The kind of round `index`."""
        if not self.conditions:
            return ()
        if index not in self._kinds:
            self._kinds[index] = self.kind(self.outcomes(index))
        return self._kinds[index]

    def _now(self, target: ast.expr) -> Any:
        return value_of(ast.unparse(target), self._namespace, self._namespace)

    def _conditions(self, file: str, names: frozenset[str]) -> Iterator[Condition]:
        node = self._site.node
        if isinstance(node, ast.While):
            yield from self._condition(file, node, node.test, "false", _HEAD, names)
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
        changes = self._changes_in(test)
        if ends and not all(isinstance(value, bool | None) for value in changes.values()):
            return  # a limit that is moved on, as that of early stopping
        if ends:
            test = self._from_then_on(test, at, names)
        value = self._compiled(test, at, names, changes)
        if value is not None:
            self._depends.update(changes)
            yield Condition(file, (node.lineno, node.col_offset), ends, value, bool(changes))

    def _from_then_on(self, test: ast.expr, at: int, names: frozenset[str]) -> ast.expr:
        """A test that ends a loop when a number is at a limit, as one that is true from then on: so
        the end is looked for (see plan)."""
        if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
            return ast.BoolOp(test.op, [self._from_then_on(v, at, names) for v in test.values])
        if not (isinstance(test, ast.Compare) and type(test.ops[0]) in _UPWARDS):
            return test
        sides = enumerate((test.left, test.comparators[0]))
        values = [(n, self._compiled(s, at, names)) for n, s in sides if is_moving(s)]
        moving = [(n, value) for n, value in values if value is not None]
        if len(moving) != 1 or len(test.ops) > 1:
            return test
        ((number, value),) = moving
        try:
            grows = value(self.known(self._origin + 1)) - value(self.known(self._origin))
        except Exception:
            return test
        upwards = (grows > 0) != (number == 1)
        kind = (_UPWARDS if upwards else _DOWNWARDS)[type(test.ops[0])]
        return ast.Compare(test.left, [kind()], test.comparators)

    def _changes_in(self, test: ast.expr) -> dict[str, Any]:
        """What a test depends on that changes now and then, as it is now."""
        moves = {
            ast.unparse(c.target)
            for c, step in zip(self._counters, self._steps, strict=True)
            if step
        }
        texts = {ast.unparse(e) for e in self._site.changing} - moves
        found = {ast.unparse(part) for part in ast.walk(test) if is_chain(part)}
        rare = (found & self._site.now_and_then) - moves
        return {text: self._now(ast.parse(text, mode="eval").body) for text in found & texts | rare}

    def _called(self, call: ast.Call, at: int, names: frozenset[str]) -> Iterator[Condition]:
        passed = [(n, self._compiled(a, at, names)) for n, a in enumerate(call.args)]
        named = [(k.arg, self._compiled(k.value, at, names)) for k in call.keywords if k.arg]
        values = {key: value for key, value in [*passed, *named] if value is not None}
        if not values or not is_chain(call.func):
            return
        root = next(n.id for n in ast.walk(call.func) if isinstance(n, ast.Name))
        if root in self._site.bound:
            return
        called = self._now(call.func)
        yield from of_call(called, values, self._book, _DEPTH)

    def _compiled(
        self, node: ast.expr, at: int, names: frozenset[str], changes: Mapping[str, Any] = _NONE
    ) -> Callable[[Known], Any] | None:
        """The value of an expression from what is known of a round, and of what `changes` now and
        then; None if it depends on more, or on nothing of a round."""
        if isinstance(node, ast.Starred):
            return None
        if not all(isinstance(value, _PLAIN) for value in changes.values()):
            return None
        replaced = _Known(self._site, self._counters, at, names).visit(fresh(node))
        inner = [n.id for n in ast.walk(replaced) if isinstance(n, ast.Name)]
        grows = next((n for n in inner if self._grows_inside(n, at)), None)
        free = {n.id for n in ast.walk(replaced) if isinstance(n, ast.Name)}
        used = free & names
        others = free - used - changes.keys()
        if not used or not is_pure(replaced) or any(n in self._site.bound for n in others):
            return None
        value = function(replaced, sorted(used), self._namespace)
        return value if grows is None else _at_any_time(value, grows)

    def _grows_inside(self, name: str, at: int) -> bool:
        """Whether a name stands for a counter of a loop inside, in that loop."""
        if not _COUNTER.fullmatch(name):
            return False
        counter = self._counters[int(name[3:])]
        return counter.step == 0 and counter.at == at


class _Known(ast.NodeTransformer):
    """Puts the names under which counters are known in their places, and what a variable was given
    in the body before, if that is known."""

    def __init__(
        self, site: LoopSite, counters: list[Counter], at: int, names: frozenset[str]
    ) -> None:
        self._counters = {ast.unparse(c.target): (n, c) for n, c in enumerate(counters)}
        self._at = at
        self._names = names
        self._given = {
            statement.targets[0].id: statement.value
            for statement in site.body[: max(at, 0)]
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
