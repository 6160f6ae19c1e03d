"""The hot form: the user's tree with a check at the head of each block.

A check is `if _@N is not None: _@N()`. The names live in `builtins`, so no namespace of the user's
gets a name that it did not have, and `@` can't occur in a name of theirs. Reading such a name costs
about 3 ns once CPython has specialised it (LOAD_GLOBAL_BUILTIN). It is not None when somebody wants
to know that the block is entered: the first time, since code that has never run is worth a
savepoint, and after that to count (see `midrun.run.flags`).

A loop is checked before it begins, and in each of its rounds where 3 ns are little: in rounds with
several calls, or one of a function with many; and so is what follows it. To stop a loop that runs,
see `midrun.run.stops`.

No line moves: every node of the user's keeps its place, so tracebacks, pdb and coverage show the
file as it is. The place of a check is empty (it ends where it begins), which tells it from the
user's own calls.
"""

from __future__ import annotations

import ast
import builtins
import itertools
import sys
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

_EXIT = "_@exit"
_BUILTINS = frozenset(vars(builtins))
_LONG = 3  # calls in a round, of which a check is some 3%
_MANY = 8  # calls in a function, of which some may not be made
_Node = TypeVar("_Node", bound=ast.AST)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def flag(number: int) -> str:
    """The name of the flag of block `number`."""
    return f"_@{number}"


def exit_mark(node: ast.Try) -> str:
    """The hidden local that tells, in the `finally` of `node`, how it was entered."""
    return f"{_EXIT}{node.lineno}_{node.col_offset}"


def begun(statement: _Node) -> _Node:
    """`statement`, marked as one that gets no check: it continues, and its check was passed."""
    vars(statement)["begun"] = True
    return statement


def is_begun(statement: ast.stmt) -> bool:
    """Whether a statement was marked so."""
    return "begun" in vars(statement)


def fresh(node: _Node) -> _Node:
    """A copy of a tree in which no two nodes are the same object."""
    copy = type(node).__new__(type(node))  # a call without arguments is deprecated
    if "begun" in vars(node):
        begun(copy)
    for field in node._attributes:
        if hasattr(node, field):
            setattr(copy, field, getattr(node, field))
    for field, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            value = fresh(value)
        elif isinstance(value, list):
            value = [fresh(item) if isinstance(item, ast.AST) else item for item in value]
        setattr(copy, field, value)
    return copy


@dataclass(frozen=True)
class _Mark:
    name: str
    is_loop: bool


class HotForm:
    """Puts checks into a tree, in place.

    `number` gives each block its number, from the statement at its head. `wanted` lists lines on
    which every statement gets a check, whatever it is (`--at FILE:LINE`); `rounds` adds one at the
    head of each round of any loop. `at` gives the places of the checks of the whole file, line and
    column, for a function that is cut so that it continues: it has the same ones. `visits` gives
    the statement of a wanted line a second check, by its line: see `_visit`.
    """

    def __init__(
        self,
        number: Callable[[ast.stmt], int],
        wanted: Iterable[int] = (),
        *,
        rounds: bool = False,
        at: Container[tuple[int, int]] | None = None,
        visits: Callable[[int], int] | None = None,
    ) -> None:
        self._number = number
        self._visits = visits
        self._at = at
        self._wanted = frozenset(wanted)
        self._rounds = rounds
        self._numbers: set[int] = set()
        self._functions: dict[str, int] = {}

    def module(self, tree: ast.Module) -> ast.Module:
        self._functions = {
            node.name: sum(_weight(statement, {}) for statement in node.body)
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        tree.body = self._block(tree.body, in_loop=False, is_head=False, in_class=False)
        if self._numbers:
            # In module scope a plain name is looked up in three dicts, each time; a global one is
            # specialised.
            names = [flag(number) for number in sorted(self._numbers)]
            at = _after_prologue(tree.body)
            declaration = ast.Global(names=names)
            tree.body.insert(at, ast.fix_missing_locations(declaration))
        return tree

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        body = _mark_exits(node.body, ())
        node.body = self._block(body, in_loop=False, is_head=True, in_class=False)

    def _block(
        self, body: list[ast.stmt], *, in_loop: bool, is_head: bool, in_class: bool
    ) -> list[ast.stmt]:
        result: list[ast.stmt] = []
        prologue = _after_prologue(body)
        first = next((s for s in body[prologue:] if not is_begun(s)), None)
        after_loop = False
        for index, statement in enumerate(body):
            head = is_head and statement is first
            calls = _calls(statement) and not isinstance(statement, ast.Return)
            due = head or (calls + after_loop + (not in_loop) >= 2)
            if self._at is not None:
                due = (statement.lineno, statement.col_offset) in self._at
            wanted = statement.lineno in self._wanted
            if not in_class and index >= prologue and not is_begun(statement):
                if due or wanted:
                    result.append(self._check(self._number(statement), statement))
                if wanted and self._visits is not None:
                    result.append(self._visit(statement))
            after_loop = _loops(statement)
            self._inside(statement, in_loop, in_class)
            result.append(statement)
        return result

    def _inside(self, node: ast.stmt, in_loop: bool, in_class: bool) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self.function(node)
            return
        if isinstance(node, ast.ClassDef):
            node.body = self._block(node.body, in_loop=False, is_head=False, in_class=True)
            return
        in_loop = in_loop or isinstance(node, _LOOPS)
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if block:
                is_round = field == "body" and isinstance(node, _LOOPS)
                head = self._is_long(block) if is_round else any(map(_calls, block))
                body = self._block(block, in_loop=in_loop, is_head=head, in_class=in_class)
                setattr(node, field, body)
        for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
            head = any(map(_calls, part.body))
            part.body = self._block(part.body, in_loop=in_loop, is_head=head, in_class=in_class)

    def _is_long(self, block: list[ast.stmt]) -> bool:
        return self._rounds or sum(_weight(s, self._functions) for s in block) >= _LONG

    def _visit(self, statement: ast.stmt) -> ast.stmt:
        """A check for a debugger: what it calls is called by the program as `breakpoint()` is. Up
        to 3.12 a debugger stops at the next line that begins, so the check is on the line before.
        """
        assert self._visits is not None
        check = self._check(self._visits(statement.lineno), statement)
        if sys.version_info < (3, 13):
            for node in ast.walk(check):
                if isinstance(node, ast.expr | ast.stmt):
                    node.lineno = node.end_lineno = max(1, statement.lineno - 1)
        return check

    def _check(self, number: int, statement: ast.stmt) -> ast.stmt:
        self._numbers.add(number)
        call = ast.Call(ast.Name(flag(number), ast.Load()), [], [])
        is_up = ast.Compare(ast.Name(flag(number), ast.Load()), [ast.IsNot()], [ast.Constant(None)])
        check = ast.If(is_up, [ast.Expr(call)], [])
        for node in ast.walk(check):
            if isinstance(node, ast.expr | ast.stmt):
                node.lineno = node.end_lineno = statement.lineno
                node.col_offset = node.end_col_offset = statement.col_offset
        return check


def _mark_exits(body: list[ast.stmt], marks: tuple[_Mark, ...]) -> list[ast.stmt]:
    """Before each `break`, `continue` and `return` that leaves a `try` through its `finally`, note
    in a hidden local which it is: the value stack does not always tell these ways apart."""
    result: list[ast.stmt] = []
    for statement in body:
        match statement:
            case ast.Break() | ast.Continue():
                left = list(itertools.takewhile(lambda mark: not mark.is_loop, reversed(marks)))
                how = (type(statement).__name__, None)
                result += [_set(mark.name, how, statement) for mark in left]
            case ast.Return():
                left = [mark for mark in marks if not mark.is_loop]
                how = ("Return", _constant(statement.value))
                result += [_set(mark.name, how, statement) for mark in left]
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                result.append(statement)
                continue
        inside = marks
        if isinstance(statement, _LOOPS):
            inside = (*marks, _Mark("", is_loop=True))
        elif isinstance(statement, ast.Try) and statement.finalbody:
            inside = (*marks, _Mark(exit_mark(statement), is_loop=False))
            result.append(_set(exit_mark(statement), ("", None), statement))
        for field in ("body", "orelse"):
            if getattr(statement, field, None):
                within = marks if field == "orelse" and isinstance(statement, _LOOPS) else inside
                setattr(statement, field, _mark_exits(getattr(statement, field), within))
        for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
            part.body = _mark_exits(part.body, inside)
        if isinstance(statement, ast.Try):
            statement.finalbody = _mark_exits(statement.finalbody, marks)
        result.append(statement)
    return result


def _constant(node: ast.expr | None) -> Any:
    """The value that the compiler folds `node` to; None if it is computed at run time, since then
    it lies on the value stack."""
    foldable = (
        ast.Constant,
        ast.UnaryOp,
        ast.BinOp,
        ast.Tuple,
        ast.unaryop,
        ast.operator,
        ast.Load,
    )
    if node is None or not all(isinstance(part, foldable) for part in ast.walk(node)):
        return None
    try:
        return eval(compile(ast.Expression(fresh(node)), "<constant>", "eval"))
    except (ArithmeticError, TypeError, ValueError):
        return None


def _set(name: str, value: tuple[str, Any], place: ast.stmt) -> ast.stmt:
    statement = ast.Assign([ast.Name(name, ast.Store())], ast.Constant(cast(Any, value)))
    ast.copy_location(statement, place)
    return begun(ast.fix_missing_locations(statement))


def _calls(node: ast.AST) -> bool:
    """Whether `node` contains a call (or a `with`, an import, a yield: code that can take long)
    in its own scope."""
    lengthy = (ast.Call, ast.With, ast.Import, ast.ImportFrom, ast.Yield, ast.YieldFrom)
    if isinstance(node, _DEFINITIONS):
        return False
    return isinstance(node, lengthy) or any(map(_calls, ast.iter_child_nodes(node)))


def _weight(node: ast.AST, functions: Mapping[str, int]) -> int:
    """About how long running `node` takes at least, in calls of functions in C (30 ns)."""
    if isinstance(node, _DEFINITIONS):
        return 0
    own = 0
    if isinstance(node, ast.Call):
        name = _name(node.func)
        is_plain = name is None or name in _BUILTINS
        own = 1 if is_plain else 2 + functions.get(name or "", 0) // _MANY
    return own + sum(_weight(child, functions) for child in ast.iter_child_nodes(node))


def _name(node: ast.expr) -> str | None:
    return node.id if isinstance(node, ast.Name) else None


def _loops(node: ast.AST) -> bool:
    if isinstance(node, _DEFINITIONS):
        return False
    return isinstance(node, _LOOPS) or any(map(_loops, ast.iter_child_nodes(node)))


def _after_prologue(body: list[ast.stmt]) -> int:
    """The index of the first statement after a docstring and `from __future__` imports."""
    index = 0
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        index = int(isinstance(body[0].value.value, str))
    while index < len(body):
        statement = body[index]
        if not (isinstance(statement, ast.ImportFrom) and statement.module == "__future__"):
            break
        index += 1
    return index
