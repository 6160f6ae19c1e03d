"""Where in the user's source a variable is changed, to name the line of what was seen to grow."""

from __future__ import annotations

import ast
import functools
import linecache
from collections.abc import Iterator

from midrun.rehearse.watching.places import Place

_GROWS = {"append", "extend", "insert", "add", "update", "appendleft", "setdefault", "push"}
_SHRINKS = {"pop", "popleft", "popitem", "clear", "remove", "discard"}
_Loop = ast.For | ast.While | ast.AsyncFor


def growing_line(loop: Place, path: str, file: str) -> Place:
    """The first line in a loop, else in the `file` that names it so, that adds to the variable or
    attribute `path`; the loop's own where there is none."""
    tree = _tree(loop.file)
    around = [n for n in ast.walk(tree) if isinstance(n, _Loop) and n.lineno == loop.line]
    trees = [(loop.file, node) for node in around] + [(file, _tree(file)), (loop.file, tree)]
    for place, where in trees:
        lines = [line for node in ast.walk(where) for line in _growth(node, path)]
        if lines:
            return Place(place, min(lines))
    return loop


def is_bounded(file: str, path: str, *, but_for_emptying: bool = False) -> bool:
    """Whether the source says somewhere that what `path` holds does not grow for ever: something is
    taken out of it, its length is compared, or a slice of it is kept. With `but_for_emptying` it
    does not count that it is emptied."""
    shrinks = _SHRINKS - {"clear"} if but_for_emptying else _SHRINKS
    return any(_bounds(node, path, shrinks) for node in ast.walk(_tree(file)))


def is_in_helper(place: Place) -> bool:
    """Whether a line is in a function that does nothing but call others and set attributes, such as
    `set_seed`: who calls it is to be told."""
    around = [
        node
        for node in ast.walk(_tree(place.file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.lineno <= place.line <= (node.end_lineno or 0)
    ]
    if not around:
        return False
    function = max(around, key=lambda node: node.lineno)
    return all(_only_sets(statement) for statement in function.body)


def _only_sets(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.If):
        return all(_only_sets(inner) for inner in (*statement.body, *statement.orelse))
    if isinstance(statement, ast.Assign):
        return all(isinstance(t, ast.Attribute | ast.Subscript) for t in statement.targets)
    return isinstance(statement, ast.Expr | ast.Pass | ast.Import | ast.ImportFrom)


def is_mentioned(file: str, name: str) -> bool:
    """Whether a function of a file other than an `__init__` uses an attribute of that name, or may,
    as it looks attributes up by names that it makes."""
    for node in ast.walk(_tree(file)):
        if isinstance(node, ast.FunctionDef) and node.name != "__init__":
            for part in ast.walk(node):
                if isinstance(part, ast.Attribute) and part.attr == name:
                    return True
                if isinstance(part, ast.Name) and part.id == "getattr":
                    return True
    return False


def is_used_always(file: str, name: str) -> bool:
    """Whether the `forward` of a class uses an attribute of that name, and under no condition."""
    forwards = (
        node
        for node in ast.walk(_tree(file))
        if isinstance(node, ast.FunctionDef) and node.name == "forward"
    )
    return any(_uses(statement, name) for node in forwards for statement in node.body)


def _uses(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.Attribute) and node.attr == name:
        return True
    if isinstance(node, ast.If | ast.IfExp | ast.While | ast.Try | ast.Match | ast.BoolOp):
        return False
    return any(_uses(child, name) for child in ast.iter_child_nodes(node))


@functools.lru_cache(maxsize=64)
def _tree(file: str) -> ast.Module:
    try:
        return ast.parse("".join(linecache.getlines(file)))
    except (SyntaxError, ValueError):
        return ast.Module([], [])


def _is(node: ast.AST, path: str) -> bool:
    """Whether an expression is the variable, or the attribute of that name of anything."""
    name = path.rpartition(".")[2]
    if isinstance(node, ast.Attribute):
        return "." in path and node.attr == name
    return isinstance(node, ast.Name) and path == node.id


def _growth(node: ast.AST, path: str) -> Iterator[int]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr in _GROWS and _is(_base(node.func.value), path):
            yield node.lineno
    elif isinstance(node, ast.AugAssign) and _is(_base(node.target), path):
        yield node.lineno
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            is_item = isinstance(target, ast.Subscript) and _is(_base(target), path)
            again = _is(target, path) and any(_is(part, path) for part in ast.walk(node.value))
            if is_item or again:
                yield node.lineno


def _bounds(node: ast.AST, path: str, shrinks: set[str]) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in shrinks and _is(node.func.value, path)
    if isinstance(node, ast.Compare):
        return any(_measures(part, path) for part in (node.left, *node.comparators))
    if isinstance(node, ast.Delete):
        return any(isinstance(t, ast.Subscript) and _is(t.value, path) for t in node.targets)
    if isinstance(node, ast.Assign):
        value = node.value
        sliced = isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Slice)
        return sliced and any(_is(part, path) for part in ast.walk(value))
    return False


def _measures(node: ast.AST, path: str) -> bool:
    is_len = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    return is_len and node.func.id == "len" and any(_is(a, path) for a in node.args)  # type: ignore[attr-defined]


def _base(node: ast.expr) -> ast.expr:
    """What an item is of: `losses` in `losses["train"]`."""
    while isinstance(node, ast.Subscript):
        node = node.value
    return node
