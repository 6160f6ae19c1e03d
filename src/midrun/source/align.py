"""Edits: which function and which position of the old source is which of the new one.

Two lists of statements are aligned by what stands in them, first exactly, then by likeness; a
function by its qualified name, then by likeness. Lines play no part, so they may all move.
"""

from __future__ import annotations

import ast
import difflib
import functools
from collections import defaultdict
from dataclasses import dataclass, field

from midrun.source.module import Function, Source, own_scope
from midrun.source.positions import Path, Position, Step, node_at

_ALIKE = 0.5
Key = tuple[str, int]


class Gone(Exception):
    """What was running is no longer in the source; the text says what, in a clause."""


@dataclass
class Moved:
    """A position in the new source. `new_headers` are the loops that are given a new range;
    `remarks` tell of changed headers that have no effect on a loop or block under way, as
    (line, clause)."""

    position: Position
    new_headers: frozenset[Path] = frozenset()
    remarks: list[tuple[int, str]] = field(default_factory=list)


@functools.lru_cache(maxsize=1 << 16)
def _dump(node: ast.AST) -> str:
    return ast.dump(node)


def same(old: ast.AST, new: ast.AST) -> bool:
    """Whether two trees are the same code."""
    return _dump(old) == _dump(new)


def likeness(old: ast.AST, new: ast.AST) -> float:
    """From 0 to 1."""
    return difflib.SequenceMatcher(None, _words(old), _words(new), autojunk=False).ratio()


@functools.lru_cache(maxsize=1 << 14)
def _words(node: ast.AST) -> tuple[str, ...]:
    words = []
    for part in ast.walk(node):
        words.append(type(part).__name__)
        words += [str(v) for _, v in ast.iter_fields(part) if isinstance(v, str | int | float)]
    return tuple(words)


def pair_statements(old: list[ast.stmt], new: list[ast.stmt]) -> dict[int, int]:
    """The indices of statements that are the same, or that are alike and stand in the same gap
    between those that are."""
    pairs: dict[int, int] = {}
    matcher = difflib.SequenceMatcher(None, [_dump(s) for s in old], [_dump(s) for s in new], False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            pairs.update(zip(range(i1, i2), range(j1, j2), strict=True))
        elif tag == "replace":
            start = j1
            for i in range(i1, i2):
                alike = [(_similar(old[i], new[j]), -j) for j in range(start, j2)]
                best, j = max(alike, default=(0.0, 0))
                if best > _ALIKE:
                    pairs[i] = -j
                    start = -j + 1
    return pairs


def _similar(old: ast.stmt, new: ast.stmt) -> float:
    if _defined(old) != _defined(new):
        return 0.0
    if _defined(old):
        return 1.0
    bonus = 0.0
    if type(old) is type(new):
        bonus = 0.2 + 0.4 * (_header(old) == _header(new) and hasattr(old, "body"))
    return likeness(old, new) + bonus


def _defined(node: ast.stmt) -> str | None:
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return node.name if isinstance(node, definitions) else None


def _header(node: ast.AST) -> str:
    blocks = ("body", "orelse", "finalbody", "handlers", "cases")
    return " ".join(
        _dump(value) if isinstance(value, ast.AST) else repr([_dump(v) for v in value])
        for name, value in ast.iter_fields(node)
        if name not in blocks and isinstance(value, ast.AST | list)
    )


def pair_functions(old: Source, new: Source) -> dict[Key, Function]:
    """The functions of `old` that are still there, by their keys."""
    pairs: dict[Key, Function] = {}
    olds, news = _by_name(old), _by_name(new)
    for name, group in olds.items():
        others = news.get(name, [])
        if len(group) == len(others):
            pairs.update((a.key, b) for a, b in zip(group, others, strict=True))
            continue
        matcher = difflib.SequenceMatcher(
            None, [_dump(f.node) for f in group], [_dump(f.node) for f in others], False
        )
        for _, i1, i2, j1, j2 in matcher.get_opcodes():
            pairs.update((a.key, b) for a, b in zip(group[i1:i2], others[j1:j2], strict=False))
    taken = {function.key for function in pairs.values()}
    free = [f for f in new.functions.values() if f.key not in taken and f.name[0] != "<"]
    for function in old.functions.values():
        if function.key in pairs or function.name[0] == "<" or not free:
            continue
        parent = function.qualname.rpartition(".")[0]
        renamed = [
            (likeness(function.root, other.root), index)
            for index, other in enumerate(free)
            if other.qualname.rpartition(".")[0] == parent
        ]
        best, index = max(renamed, default=(0.0, 0))
        if best > 0.8:
            pairs[function.key] = free.pop(index)
    return pairs


def _by_name(source: Source) -> dict[str, list[Function]]:
    groups: dict[str, list[Function]] = defaultdict(list)
    for function in source.functions.values():
        groups[function.qualname].append(function)
    return groups


def move(old: Function, position: Position, new: Function) -> Moved:
    """Where `position` of `old` is in `new`.

    A statement that was put in directly before the position is after it: it has not run. Raises
    Gone where a block or a call that was under way is no longer there.
    """
    moved = Moved(position)
    headers: list[Path] = []
    old_node, new_node = old.root, new.root
    path: list[Step] = []
    last = len(position.path) - 1
    for depth, (name, index) in enumerate(position.path):
        olds, news = getattr(old_node, name, None), getattr(new_node, name, None)
        if not isinstance(olds, list):
            raise Gone("a block that was under way is another one")
        if not isinstance(news, list) or (not news and olds):
            raise Gone(f"the block around line {olds[index].lineno} is no longer there")
        if isinstance(olds[index], ast.stmt):
            if depth == last and position.kind == "before":
                target = _before(olds, news, index)
            else:
                target = _under_way(olds, news, index, position, depth == last)
        else:
            target = _part(olds, news, index)
        path.append((name, target))
        if depth == last and position.kind == "before" and target >= len(news):
            return _past_the_end(moved, path, new, headers)
        old_node, new_node = olds[index], news[target]
        entered = depth < last or position.kind == "next"
        if isinstance(old_node, ast.stmt) and entered and _header(old_node) != _header(new_node):
            _compare_headers(moved, old_node, new_node, tuple(path), headers)
    within = position.within
    if position.kind in ("call", "yield"):
        within = _expression(old_node, new_node, within)
    line = getattr(new_node, "lineno", position.line)
    moved.position = Position(position.kind, tuple(path), within, line)
    moved.new_headers = frozenset(headers)
    return moved


def _before(olds: list[ast.stmt], news: list[ast.stmt], index: int) -> int:
    pairs = pair_statements(olds, news)
    if index == 0:
        return 0
    if index - 1 in pairs:
        return pairs[index - 1] + 1
    if index in pairs:
        return pairs[index]
    earlier = [new + 1 for i, new in pairs.items() if i < index]
    later = [new for i, new in pairs.items() if i > index]
    start, stop = max(earlier, default=0), min(later, default=len(news))
    gap = index - max((i + 1 for i in pairs if i < index), default=0)
    return min(start + gap, stop)


def _under_way(
    olds: list[ast.stmt], news: list[ast.stmt], index: int, position: Position, innermost: bool
) -> int:
    old = olds[index]
    pairs = pair_statements(olds, news)
    if index in pairs and (innermost or type(old) is type(news[pairs[index]])):
        target = pairs[index]
        if not innermost or position.kind == "next" or _holds_expression(old, news[target], position):
            return target
    candidates = [j for j in range(len(news)) if j not in pairs.values()]
    if innermost and position.kind != "next":
        candidates = [j for j in candidates if _holds_expression(old, news[j], position)]
    else:
        candidates = [j for j in candidates if type(news[j]) is type(old)]
    if not candidates:
        what = {ast.For: "for loop", ast.While: "while loop", ast.With: "with block"}
        name = what.get(type(old), "statement")
        if innermost and position.kind == "call":
            name = f"call `{ast.unparse(node_at(old, position.within))}`"
        raise Gone(f"the {name} at line {old.lineno}, which was under way, is no longer there")
    return max(candidates, key=lambda j: likeness(old, news[j]))


def _part(olds: list[ast.AST], news: list[ast.AST], index: int) -> int:
    """Handlers of a `try` and cases of a `match`."""
    exact = [j for j, new in enumerate(news) if _header(new) == _header(olds[index])]
    if exact:
        return exact[0]
    return min(index, len(news) - 1)


def _past_the_end(
    moved: Moved, path: list[Step], new: Function, headers: list[Path]
) -> Moved:
    """Nothing is left of the innermost block: the position is its end, written as the place after
    its last statement."""
    block = getattr(node_at(new.root, tuple(path[:-1])), path[-1][0])
    line = block[-1].end_lineno or block[-1].lineno
    moved.position = Position("before", tuple(path), (), line)
    moved.new_headers = frozenset(headers)
    return moved


def _compare_headers(
    moved: Moved, old: ast.stmt, new: ast.stmt, path: Path, headers: list[Path]
) -> None:
    if isinstance(old, ast.For) and isinstance(new, ast.For):
        if same(old.target, new.target) and _is_range(old.iter) and _is_range(new.iter):
            headers.append(path)
        else:
            moved.remarks.append(
                (new.lineno, "the header of the loop changed, its old iterator goes on")
            )
    elif isinstance(old, ast.With):
        moved.remarks.append((new.lineno, "the header of the `with` changed, the old one goes on"))


def _is_range(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range"


def _holds_expression(old: ast.stmt, new: ast.stmt, position: Position) -> bool:
    try:
        _expression(old, new, position.within)
    except Gone:
        return False
    return True


def _expression(old: ast.AST, new: ast.AST, within: Path) -> Path:
    """The path to the call or yield of `new` that is the one of `old` at `within`."""
    wanted = node_at(old, within)
    found = [p for p, node in _paths(new) if _alike(wanted, node)]
    if within in found:
        return within
    if found:
        earlier = [p for p, node in _paths(old) if _alike(wanted, node)]
        return found[min(earlier.index(within), len(found) - 1)]
    raise Gone("the call or yield that was under way is no longer there")


def _alike(old: ast.AST, new: ast.AST) -> bool:
    if type(old) is not type(new):
        return False
    if isinstance(old, ast.Call) and isinstance(new, ast.Call):
        return same(old.func, new.func)
    return True


def _paths(node: ast.AST, prefix: Path = ()) -> list[tuple[Path, ast.AST]]:
    found: list[tuple[Path, ast.AST]] = []
    own = {id(n) for n in own_scope(node)}
    for name, value in ast.iter_fields(node):
        for index, child in enumerate(value) if isinstance(value, list) else [(-1, value)]:
            if isinstance(child, ast.AST) and id(child) in own and not isinstance(child, ast.stmt):
                path = (*prefix, (name, index))
                found += [(path, child), *_paths(child, path)]
    return found


