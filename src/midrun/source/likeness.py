"""Which statement and which function of an edited source is which of the old one.

Statements are paired by what stands in them, first exactly, then by likeness; functions by their
qualified name, then by likeness. Lines play no part, so they may all move.
"""

from __future__ import annotations

import ast
import difflib
import functools
from collections import defaultdict
from collections.abc import Sequence

from midrun.source.module import Function, Source

Key = tuple[str, int]
_ALIKE = 0.5  # of statements in the same gap, with a bonus for the same kind and header
_RENAMED = 0.8  # of the bodies of a function that is gone and one that is new
BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@functools.lru_cache(maxsize=1 << 16)
def text_of(node: ast.AST) -> str:
    """What stands in a tree, its lines and columns aside."""
    return ast.dump(node)


def same(old: ast.AST | None, new: ast.AST | None) -> bool:
    """Whether two trees are the same code."""
    if old is None or new is None:
        return old is new
    return text_of(old) == text_of(new)


def same_all(olds: Sequence[ast.AST | None], news: Sequence[ast.AST | None]) -> bool:
    """Whether two lists of trees are the same code."""
    return len(olds) == len(news) and all(map(same, olds, news))


def same_header(old: ast.AST, new: ast.AST) -> bool:
    """Whether two statements are the same, their blocks aside."""
    return _header(old) == _header(new)


def likeness(old: ast.AST, new: ast.AST) -> float:
    """From 0 (nothing in common) to 1."""
    return difflib.SequenceMatcher(None, _words(old), _words(new), autojunk=False).ratio()


def pair_statements(old: list[ast.stmt], new: list[ast.stmt]) -> dict[int, int]:
    """The indices of statements that are the same, or that are alike and stand in the same gap
    between those that are."""
    pairs: dict[int, int] = {}
    texts = [text_of(s) for s in old], [text_of(s) for s in new]
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, *texts, False).get_opcodes():
        if tag == "equal":
            pairs.update(zip(range(i1, i2), range(j1, j2), strict=True))
        elif tag == "replace":
            start = j1
            for i in range(i1, i2):
                alike = [(_similarity(old[i], new[j]), -j) for j in range(start, j2)]
                best, j = max(alike, default=(0.0, 0))
                if best > _ALIKE:
                    pairs[i] = -j
                    start = -j + 1
    return pairs


def pair_functions(old: Source, new: Source, alike: float = _RENAMED) -> dict[Key, Function]:
    """The functions of `old` that are still in `new`, by their keys.

    A function whose name is gone is the new one beside it whose body is more than `alike` to its.
    """
    pairs: dict[Key, Function] = {}
    olds, news = _by_name(old), _by_name(new)
    for name, group in olds.items():
        others = news.get(name, [])
        if len(group) == len(others):
            pairs.update((a.key, b) for a, b in zip(group, others, strict=True))
            continue
        texts = [text_of(f.node) for f in group], [text_of(f.node) for f in others]
        for _, i1, i2, j1, j2 in difflib.SequenceMatcher(None, *texts, False).get_opcodes():
            pairs.update((a.key, b) for a, b in zip(group[i1:i2], others[j1:j2], strict=False))
    taken = {function.key for function in pairs.values()}
    free = [f for f in new.functions.values() if f.key not in taken and f.name[0] != "<"]
    renamed: dict[str, str] = {}
    for function in old.functions.values():
        if function.key in pairs or function.name[0] == "<":
            continue
        parent = _parent(function.qualname)
        parent = renamed.get(parent, parent)
        candidates = [
            (likeness(function.root, other.root), -index)
            for index, other in enumerate(free)
            if _parent(other.qualname) == parent
        ]
        best, index = max(candidates, default=(0.0, 0))
        if best > alike:
            other = free.pop(-index)
            pairs[function.key] = other
            renamed[f"{function.qualname}.<locals>"] = f"{other.qualname}.<locals>"
    return pairs


def defined_name(node: ast.AST) -> str | None:
    """The name of a function or class, if `node` defines one."""
    return node.name if isinstance(node, Definition) else None


def _parent(qualname: str) -> str:
    return qualname.rpartition(".")[0]


def _by_name(source: Source) -> dict[str, list[Function]]:
    groups: dict[str, list[Function]] = defaultdict(list)
    for function in source.functions.values():
        groups[function.qualname].append(function)
    return groups


def _similarity(old: ast.stmt, new: ast.stmt) -> float:
    if defined_name(old) != defined_name(new) or hasattr(old, "body") != hasattr(new, "body"):
        return 0.0
    if defined_name(old):
        return 1.0
    bonus = 0.0
    if type(old) is type(new):
        bonus = 0.2 + 0.4 * (hasattr(old, "body") and same_header(old, new))
    return likeness(old, new) + bonus


def _header(node: ast.AST) -> str:
    return " ".join(
        text_of(value) if isinstance(value, ast.AST) else repr([*map(_text_or_value, value)])
        for name, value in ast.iter_fields(node)
        if name not in BLOCKS and isinstance(value, ast.AST | list)
    )


def _text_or_value(value: object) -> object:
    return text_of(value) if isinstance(value, ast.AST) else value


@functools.lru_cache(maxsize=1 << 14)
def _words(node: ast.AST) -> tuple[str, ...]:
    words = []
    for part in ast.walk(node):
        words.append(type(part).__name__)
        words += [str(v) for _, v in ast.iter_fields(part) if isinstance(v, str | int | float)]
    return tuple(words)
