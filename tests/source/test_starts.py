"""Where statements begin in bytecode, against code that has a check before each statement: there,
each beginning is the instruction that reads the flag of the statement's check."""

from __future__ import annotations

import argparse
import ast
import collections
import dataclasses
import dis
import inspect
import tarfile
import textwrap
import threading

import pytest

from midrun.source.hot import HotForm, fresh
from midrun.source.module import Source, walk_code
from midrun.source.positions import node_at
from midrun.source.starts import start_at

MODULES = [argparse, ast, collections, dataclasses, inspect, tarfile, threading]


def checked(source: Source):
    """The code of `source` with a check before each statement, and the places by flag."""
    numbers: dict[tuple[int, int], int] = {}

    def number(statement: ast.stmt) -> int:
        return numbers.setdefault((statement.lineno, statement.col_offset), len(numbers))

    form = HotForm(number, wanted=range(1, len(source.text)))
    tree = form.module(fresh(source.tree))
    code = compile(tree, source.path, "exec", dont_inherit=True)
    return code, {f"_@{n}": place for place, n in numbers.items()}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_a_statement_begins_where_its_check_does(module):
    source = Source.read(module.__file__)
    code, places = checked(source)
    told = flags = 0
    for inner in walk_code(code):
        function = source.function_of(inner)
        if function is None:
            continue
        for instruction in dis.get_instructions(inner):
            flag = places.get(instruction.argval) if instruction.opname[:5] == "LOAD_" else None
            start = start_at(function, inner, instruction.offset)
            flags += flag is not None
            if start is None:
                continue
            statement = node_at(function.root, start.path)
            assert isinstance(statement, ast.stmt)
            unchecked = isinstance(statement, ast.While) or is_prologue(statement)
            assert flag == (statement.lineno, statement.col_offset) or unchecked
            told += flag is not None
    assert told > 0.3 * flags  # each check reads its flag twice


def is_prologue(statement: ast.stmt) -> bool:
    docstring = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return docstring or isinstance(statement, ast.ImportFrom)


def starts(body: str) -> list[str]:
    """The first lines of the statements that begin, in the order of the bytecode."""
    text = "def f(a, b):\n" + textwrap.indent(textwrap.dedent(body), "    ")
    source = Source("f.py", text)
    function = source.functions["f", 0]
    code = source.code_of(function)
    assert code is not None
    found = [start_at(function, code, offset) for offset in range(0, len(code.co_code), 2)]
    return [text.splitlines()[p.line - 1].strip() for p in found if p is not None]


def test_the_lines_of_one_statement_are_one_beginning():
    assert starts("x = (\n    a +\n    b)\n") == ["x = ("]


def test_a_while_begins_again_in_each_round():
    assert starts("while a < b:\n    a += 1\n") == ["while a < b:", "a += 1", "while a < b:"]


@pytest.mark.parametrize("way", ["return", "break", "continue"])
def test_what_leaves_through_a_finally_does_not_begin_after_it(way):
    found = starts(f"for x in a:\n    try:\n        {way}\n    finally:\n        b()\n")
    assert way not in found


def test_the_end_of_a_with_does_not_begin_it():
    assert starts("with a() as x:\n    b(x)\nb(0)\n") == ["with a() as x:", "b(x)", "b(0)"]


def test_a_decorated_function_begins_with_its_decorator():
    assert starts("@a\ndef g(): pass\nb()\n") == ["def g(): pass", "b()"]
