"""Edits: where a position of the old source is in the new one.

The path to a position is followed level by level. At each level the statement that it goes through
is looked for in the new block: the same one, else one that is alike, else inside a block that was
put around it; a plain block that was taken away from around it is looked through.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from midrun.source.expressions import called_name, expressions
from midrun.source.likeness import (
    likeness,
    pair_statements,
    same,
    same_all,
    same_header,
)
from midrun.source.module import Function, bound_names
from midrun.source.positions import Path, Position, Step, node_at

_STILL_ALIKE = 0.3  # of a loop or block under way and what became of it
_WRAPPERS = (ast.If, ast.Try, ast.With)
_NAMES = {ast.For: "`for` loop", ast.While: "`while` loop", ast.With: "`with` block"}


class Gone(Exception):
    """What was running is no longer in the source; the text says what, in a clause."""


@dataclass
class Moved:
    """A position in the new source.

    `new_headers` are the loops that are given a new range. `not_entered` are the `with` blocks that
    were put around the position: the frame goes on inside without entering them. `remarks` tell of
    edits that have no effect on what is under way, as (line, clause).
    """

    position: Position
    new_headers: frozenset[Path] = frozenset()
    not_entered: frozenset[Path] = frozenset()
    remarks: list[tuple[int, str]] = field(default_factory=list)


def move(
    old: Function,
    position: Position,
    new: Function,
    *,
    renamed: Mapping[str, str] | None = None,
    rebound: Collection[str] = (),
) -> Moved:
    """Where `position` of `old` is in `new`.

    A statement that was put in directly before the position is after it: it has not run. `renamed`
    maps the old names of functions to their new ones; `rebound` are the global names whose values
    are others now, so that a range of them is another one too. Raises Gone where a block or a call
    that was under way is no longer there.
    """
    return _Move(old, position, new, renamed or {}, rebound).moved()


class _Move:
    """`path` grows while the position is followed down into the new function."""

    def __init__(
        self,
        old: Function,
        position: Position,
        new: Function,
        renamed: Mapping[str, str],
        rebound: Collection[str],
    ) -> None:
        self._old, self._new, self._position = old, new, position
        self._renamed = renamed
        self._rebound = set(rebound) - bound_names(new) if old.name != "<module>" else set(rebound)
        self._path: list[Step] = []
        self._headers: set[Path] = set()
        self._not_entered: set[Path] = set()
        self._remarks: list[tuple[int, str]] = []

    def moved(self) -> Moved:
        (name, index), *rest = self._position.path
        within, line = self._block(self._old.body, self._new.body, name, index, rest)
        position = Position(self._position.kind, tuple(self._path), within, line)
        return Moved(
            position, frozenset(self._headers), frozenset(self._not_entered), self._remarks
        )

    def _block(
        self,
        olds: list[ast.stmt],
        news: list[ast.stmt],
        name: str,
        index: int,
        rest: list[Step],
    ) -> tuple[Path, int]:
        """Follow the position through a block, whose field is `name`, to what is left of the path;
        the way to the expression in progress, and the line."""
        if not news:
            raise Gone(f"the block around line {_line(olds, index)} is no longer there")
        if not rest and self._position.kind == "before":
            return self._before(olds, news, name, index)
        old = olds[index]
        found = self._under_way(olds, news, index, rest)
        if found is not None:
            self._path.append((name, found))
            return self._inside(old, news[found], rest)
        wrapper = _wrapper(olds, news, lambda body: self._search(old, body, rest) is not None)
        if wrapper is not None:
            inner = self._enter(news, wrapper, name)
            return self._block(olds, inner, "body", index, rest)
        if rest and _is_plain(old, rest[0][0]):
            olds = [*olds[:index], *getattr(old, rest[0][0]), *olds[index + 1 :]]
            return self._block(olds, news, name, index + rest[0][1], rest[1:])
        raise Gone(f"the {self._what(old, rest)} at line {old.lineno} is no longer there")

    def _inside(self, old: ast.stmt, new: ast.stmt, rest: list[Step]) -> tuple[Path, int]:
        if rest or self._position.kind == "next":
            self._compare_headers(old, new)
        if not rest:
            line: int = new.lineno
            if self._position.kind == "next":
                return (), line
            within = self._expression(old, new)
            call = node_at(new, within)
            self._compare_calls(node_at(old, self._position.within), call)
            return within, getattr(call, "lineno", line)
        (name, index), *rest = rest
        olds, news = getattr(old, name), getattr(new, name)
        if name in ("handlers", "cases"):
            if not news:
                raise Gone(f"the branch around line {_line_of(olds[index])} is no longer there")
            part = _part(olds, news, index)
            self._path.append((name, part))
            old_part, new_part = olds[index], news[part]
            (name, index), *rest = rest
            olds, news = getattr(old_part, name), getattr(new_part, name)
        return self._block(olds, news, name, index, rest)

    def _before(
        self, olds: list[ast.stmt], news: list[ast.stmt], name: str, index: int
    ) -> tuple[Path, int]:
        pairs = pair_statements(olds, news)
        if index > 0 and index - 1 not in pairs:
            done = olds[index - 1]
            wrapper = _wrapper(olds, news, lambda body: any(same(done, s) for s in body))
            if wrapper is not None:
                inner = self._enter(news, wrapper, name)
                return self._before(olds, inner, "body", index)
        target = _place_before(pairs, index, len(news))
        self._path.append((name, target))
        if target < len(news):
            return (), news[target].lineno
        return (), news[-1].end_lineno or news[-1].lineno  # nothing is left: the end of the block

    def _under_way(
        self, olds: list[ast.stmt], news: list[ast.stmt], index: int, rest: list[Step]
    ) -> int | None:
        pairs = pair_statements(olds, news)
        if index in pairs and self._fits(olds[index], news[pairs[index]], rest):
            return pairs[index]
        free = [j for j in range(len(news)) if j not in pairs.values() or j == pairs.get(index)]
        found = self._search(olds[index], [news[j] for j in free], rest)
        return None if found is None else free[found]

    def _search(self, old: ast.stmt, news: list[ast.stmt], rest: list[Step]) -> int | None:
        """The statement of `news` that `old`, which was under way, has become."""
        fitting = [j for j, new in enumerate(news) if self._fits(old, new, rest)]
        best = max(fitting, key=lambda j: likeness(old, news[j]), default=None)
        if best is None or not (rest or self._position.kind == "next"):
            return best
        alike = same_header(old, news[best]) or likeness(old, news[best]) > _STILL_ALIKE
        return best if alike else None

    def _fits(self, old: ast.stmt, new: ast.stmt, rest: list[Step]) -> bool:
        """Whether what was under way in `old` can go on in `new`."""
        if rest:
            return type(old) is type(new) and bool(getattr(new, rest[0][0]))
        if self._position.kind == "next":
            return isinstance(new, ast.For)
        try:
            self._expression(old, new)
        except Gone:
            return False
        return True

    def _enter(self, news: list[ast.stmt], index: int, name: str) -> list[ast.stmt]:
        """Go on inside a block that was put around the position; its statements."""
        self._path.append((name, index))
        block = news[index]
        assert isinstance(block, ast.If | ast.Try | ast.With)
        if isinstance(block, ast.With):
            self._not_entered.add(tuple(self._path))
            clause = "the `with` that is new around the position is not entered this time"
            self._remarks.append((block.lineno, clause))
        return block.body

    def _what(self, old: ast.stmt, rest: list[Step]) -> str:
        if not rest and self._position.kind in ("call", "yield"):
            expression = ast.unparse(node_at(old, self._position.within))
            kind = "call" if self._position.kind == "call" else "expression"
            return f"{kind} `{expression}` that was under way"
        return f"{_NAMES.get(type(old), 'statement')} that was under way"

    def _compare_headers(self, old: ast.stmt, new: ast.stmt) -> None:
        if isinstance(old, ast.For) and isinstance(new, ast.For):
            ranges = _is_range(old.iter) and _is_range(new.iter)
            names = {n.id for n in ast.walk(new.iter) if isinstance(n, ast.Name)}
            if ranges and (not same(old.iter, new.iter) or names & self._rebound):
                self._headers.add(tuple(self._path))
            elif not same(old.iter, new.iter):
                clause = "the header of the loop under way changed: its old iterator goes on"
                self._remarks.append((new.lineno, clause))
        elif isinstance(old, ast.With) and isinstance(new, ast.With):
            if len(old.items) != len(new.items):
                raise Gone(f"the `with` at line {old.lineno} has other items now")
            if not same_all(old.items, new.items):
                clause = "the header of the `with` under way changed: the old one goes on"
                self._remarks.append((new.lineno, clause))

    def _compare_calls(self, old: ast.AST, new: ast.AST) -> None:
        if not (isinstance(old, ast.Call) and isinstance(new, ast.Call)):
            return
        if not (same_all(old.args, new.args) and same_all(old.keywords, new.keywords)):
            name = ast.unparse(new.func)
            clause = f"the arguments of {name}() changed: the call under way has the old ones"
            self._remarks.append((new.lineno, clause))

    def _expression(self, old: ast.stmt, new: ast.stmt) -> Path:
        """The path to the call or yield of `new` that is the one in progress of `old`."""
        within = self._position.within
        wanted = node_at(old, within)
        for alike in (same, self._alike, self._alike_by_name):
            found = [path for path, node in expressions(new) if alike(wanted, node)]
            if within in found:
                return within
            if found:
                earlier = [path for path, node in expressions(old) if alike(wanted, node)]
                return found[min(_index(earlier, within), len(found) - 1)]
        raise Gone("the call or yield that was under way is no longer there")

    def _alike(self, old: ast.AST, new: ast.AST) -> bool:
        if isinstance(old, ast.Call) and isinstance(new, ast.Call):
            return same(old.func, new.func)
        return type(old) is type(new)

    def _alike_by_name(self, old: ast.AST, new: ast.AST) -> bool:
        """Calls of a function by another name, or through another object."""
        if not (isinstance(old, ast.Call) and isinstance(new, ast.Call)):
            return False
        name = called_name(old.func)
        return name is not None and self._renamed.get(name, name) == called_name(new.func)


def _wrapper(
    olds: list[ast.stmt], news: list[ast.stmt], holds: Callable[[list[ast.stmt]], bool]
) -> int | None:
    """The block of `news` that was put around what was under way in `olds`."""
    for index, new in enumerate(news):
        if not isinstance(new, _WRAPPERS) or any(
            type(old) is type(new) and same_header(old, new) for old in olds
        ):
            continue
        if holds(new.body) or _wrapper(olds, new.body, holds) is not None:
            return index
    return None


def _place_before(pairs: dict[int, int], index: int, end: int) -> int:
    if index == 0:
        return 0
    if index - 1 in pairs:
        return pairs[index - 1] + 1
    if index in pairs:
        return pairs[index]
    earlier = [new + 1 for i, new in pairs.items() if i < index]
    later = [new for i, new in pairs.items() if i > index]
    start, stop = max(earlier, default=0), min(later, default=end)
    gap = index - max((i + 1 for i in pairs if i < index), default=0)
    return min(start + gap, stop)


def _part(olds: list[ast.AST], news: list[ast.AST], index: int) -> int:
    """Which of the handlers of a `try`, or of the cases of a `match`."""
    exact = [j for j, new in enumerate(news) if same_header(new, olds[index])]
    return exact[0] if exact else min(index, len(news) - 1)


def _is_plain(node: ast.stmt, block: str) -> bool:
    """Whether a block of `node` keeps nothing on the value stack while it runs."""
    return isinstance(node, ast.If) or (isinstance(node, ast.Try) and block == "body")


def _is_range(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range"
    )


def _line(block: list[ast.stmt], index: int) -> int:
    return block[min(index, len(block) - 1)].lineno


def _line_of(node: ast.AST) -> int:
    return int(getattr(node, "lineno", 0) or getattr(getattr(node, "pattern", None), "lineno", 0))


def _index(paths: list[Path], path: Path) -> int:
    return paths.index(path) if path in paths else 0
