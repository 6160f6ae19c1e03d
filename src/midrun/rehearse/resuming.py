"""How a script resumes from its own checkpoint, told from its source: the arguments that take it to
the code that loads one."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from midrun.rehearse.request import LoadSeen
from midrun.source.expressions import called_name
from midrun.source.module import Source

_LOADS = frozenset({"load", "load_checkpoint", "restore", "resume"})


@dataclass(frozen=True)
class _Option:
    flag: str
    takes_value: bool


def loadings(sources: Iterable[Source]) -> list[LoadSeen]:
    """The places where the program loads a checkpoint."""
    found = list(sources)
    options = {name: option for source in found for name, option in _options(source.tree)}
    guards = [test for source in found for test in _guards_of_calls(source.tree)]
    return [
        LoadSeen(
            source.path, call.lineno, bool(tests or guards), _arguments([*tests, *guards], options)
        )
        for source in found
        for call, tests in _calls(source.tree, ())
    ]


def _calls(
    node: ast.AST, tests: tuple[ast.expr, ...]
) -> Iterator[tuple[ast.Call, tuple[ast.expr, ...]]]:
    """The calls of torch.load, each with the conditions that it stands under."""
    if isinstance(node, ast.Call) and _is_load(node):
        yield node, tests
    for field, value in ast.iter_fields(node):
        inside = tests
        if isinstance(node, ast.If) and field == "body":
            inside = (*tests, node.test)
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _calls(child, inside)


def _is_load(call: ast.Call) -> bool:
    function = call.func
    return (
        isinstance(function, ast.Attribute)
        and function.attr == "load"
        and isinstance(function.value, ast.Name)
        and function.value.id == "torch"
    )


def _guards_of_calls(tree: ast.AST) -> Iterator[ast.expr]:
    """The conditions of calls of functions that may load: `if args.resume: trainer.load()`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If):
            inside = [part for statement in node.body for part in ast.walk(statement)]
            names = {called_name(part.func) for part in inside if isinstance(part, ast.Call)}
            if names & _LOADS:
                yield node.test


def _options(tree: ast.AST) -> Iterator[tuple[str, _Option]]:
    """The options of argparse's parsers, by the attribute that takes them."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or called_name(node.func) != "add_argument":
            continue
        flags = [a.value for a in node.args if isinstance(a, ast.Constant)]
        long = next((str(f) for f in flags if str(f).startswith("--")), None)
        if long is None:
            continue
        given = {k.arg: k.value for k in node.keywords}
        action, dest = given.get("action"), given.get("dest")
        stores = isinstance(action, ast.Constant) and str(action.value).startswith("store_")
        name = dest.value if isinstance(dest, ast.Constant) else long[2:].replace("-", "_")
        yield str(name), _Option(long, not stores)


def _arguments(tests: Iterable[ast.expr], options: dict[str, _Option]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for test in tests:
        for part in ast.walk(test):
            if isinstance(part, ast.Attribute) and part.attr in options:
                option = options[part.attr]
                found.update(dict.fromkeys([option.flag, "{}"] if option.takes_value
                                           else [option.flag]))  # fmt: skip
            elif isinstance(part, ast.Compare) and _is_of_argv(part):
                if isinstance(part.left, ast.Constant) and isinstance(part.left.value, str):
                    found.update(dict.fromkeys([part.left.value]))
                elif _counts_argv(part):
                    found.setdefault("{}")
                else:
                    flags = [c.value for c in part.comparators if isinstance(c, ast.Constant)]
                    found = {**dict.fromkeys(str(flag) for flag in flags), **found}
    return tuple(found)


def _is_of_argv(test: ast.Compare) -> bool:
    return any(isinstance(part, ast.Attribute) and part.attr == "argv" for part in ast.walk(test))


def _counts_argv(test: ast.Compare) -> bool:
    return isinstance(test.left, ast.Call) and called_name(test.left.func) == "len"
