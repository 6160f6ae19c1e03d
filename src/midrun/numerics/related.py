"""Lines of the program that matter to a finding though nothing bad happened there: where an
optimizer was made, where a batch comes from. They are found in the source."""

from __future__ import annotations

import ast
import linecache
import re
import sys
from collections.abc import Callable, Iterator

from midrun.numerics.finding import Line


def construction(kind: str, step: Line, is_own: Callable[[str], bool]) -> Line | None:
    """Where the program makes the optimizer of the class `kind` that takes its step at `step`: of
    several, the one that gets a name which that line has. None if that is not clear. `is_own` tells
    the program's files."""
    files = {getattr(module, "__file__", None) or "" for module in list(sys.modules.values())}
    own = [file for file in sorted(files) if file.endswith(".py") and is_own(file)]
    found: list[Line] = []
    named: list[Line] = []
    words = set(re.findall(r"\w+", step.text))
    for node, line in (pair for file in own for pair in _lines(file)):
        if isinstance(node, ast.Call) and _name(node.func) == kind:
            found.append(line)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            is_kind = _name(node.value.func) == kind
            if is_kind and any(_name(target) in words for target in node.targets):
                named.append(line)
    found = found if len(found) == 1 else named
    return found[0] if len(found) == 1 else None


def batch_loop(file: str, line: int) -> Line | None:
    """The innermost loop around a line that is over something else than numbers: where its batch
    comes from."""
    loops = [
        place for node, place in _lines(file)
        if isinstance(node, ast.For | ast.AsyncFor)
        and node.lineno < line <= (node.end_lineno or 0)
        and not (isinstance(node.iter, ast.Call) and _name(node.iter.func) == "range")
    ]  # fmt: skip
    return max(loops, key=lambda place: place.line, default=None)


def _lines(file: str) -> Iterator[tuple[ast.AST, Line]]:
    """The nodes of a file's source that have a place; none if it can't be read."""
    lines = linecache.getlines(file)
    try:
        tree = ast.parse("".join(lines))
    except (SyntaxError, ValueError):
        return
    waiting: list[tuple[ast.AST, str]] = [(tree, "<module>")]
    while waiting:
        node, function = waiting.pop()
        number = getattr(node, "lineno", 0)
        if number:
            yield node, Line(file, number, function, lines[number - 1].rstrip("\n"))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            function = node.name if function == "<module>" else f"{function}.{node.name}"
        waiting += [(child, function) for child in ast.iter_child_nodes(node)]


def _name(expression: ast.expr) -> str:
    """The last part of a name: `Adam` of `torch.optim.Adam`, `optimizer` of `self.optimizer`."""
    if isinstance(expression, ast.Attribute):
        return expression.attr
    return expression.id if isinstance(expression, ast.Name) else ""
