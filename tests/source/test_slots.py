"""What the tree predicts of the value stack, against the bytecode of real code.

A prediction that does not fit is no fault of a savepoint (it is put off then), but it should be
rare: here over every call in some modules of the standard library.
"""

from __future__ import annotations

import argparse
import ast
import collections
import dataclasses
import dis
import inspect
import logging
import textwrap
import typing

import pytest

from midrun.source.depth import depth_below_result, stack_depths
from midrun.source.module import Source, walk_code
from midrun.source.positions import Unknown, node_at, position_of
from midrun.source.slots import layouts

MODULES = [argparse, ast, collections, dataclasses, inspect, logging, textwrap, typing]


def calls(source: Source):
    for code in walk_code(source.module_code):
        function = source.function_of(code)
        if function is None or code.co_flags & inspect.CO_COROUTINE:
            continue
        for instruction in dis.get_instructions(code):
            if instruction.opname in ("CALL", "CALL_FUNCTION_EX", "CALL_KW"):
                yield function, code, instruction.offset


def makes_a_generator(function, position) -> bool:
    """Whether the call may be the one that makes `(x for x in y)`, the only argument of another
    call: the two have the same place, and the first runs no code of the program's."""
    call = node_at(function.root, (*position.path, *position.within))
    return any(isinstance(argument, ast.GeneratorExp) for argument in call.args)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_the_predicted_depth_is_that_of_the_bytecode(module):
    fitting = wrong = 0
    for function, code, offset in calls(Source.read(module.__file__)):
        if offset not in stack_depths(code):
            continue
        try:
            position = position_of(function, code, offset)
            choices = layouts(function, position)
        except Unknown:
            continue
        if makes_a_generator(function, position):
            continue
        depth = depth_below_result(code, offset)
        fits = any(sum(slot.width for slot in choice) == depth for choice in choices)
        fitting, wrong = fitting + fits, wrong + (not fits)
    assert fitting > 50
    assert wrong <= 0.02 * fitting


def layout_at(body: str, marker: str = "here()") -> list[str]:
    """The roles on the stack while the call `marker` in `def f(): body` is in progress."""
    text = "def f(self):\n" + textwrap.indent(textwrap.dedent(body), "    ")
    source = Source("f.py", text)
    function = source.functions["f", 0]
    code = source.code_of(function)
    assert code is not None
    for instruction in dis.get_instructions(code):
        place = instruction.positions
        if instruction.opname != "CALL" or place is None or place.lineno is None:
            continue
        line = text.splitlines()[place.lineno - 1]
        if line[place.col_offset : place.end_col_offset] == marker:
            position = position_of(function, code, instruction.offset)
            depth = depth_below_result(code, instruction.offset)
            (found,) = [
                choice
                for choice in layouts(function, position)
                if sum(slot.width for slot in choice) == depth
            ]
            return [slot.role for slot in found]
    raise AssertionError(f"no call {marker}")


def test_an_argument_waits_for_the_one_after_it():
    assert layout_at("g(h(), here())") == ["callee", "operand"]


def test_a_loop_and_a_with_keep_one_entry_each():
    assert layout_at("for x in y:\n    with z:\n        here()") == ["iterator", "exit"]


def test_a_handler_keeps_the_exception_before_it():
    assert layout_at("try:\n    g()\nexcept E:\n    here()") == ["handled"]


def test_an_augmented_assignment_holds_its_target():
    assert layout_at("self.total[k] += here()") == ["operand", "operand", "operand"]


def test_what_a_condition_has_decided_is_gone():
    assert layout_at("x = a if b else c or here()") == []


def test_a_formatted_string_is_not_guessed_at():
    with pytest.raises(Unknown):
        layout_at('x = "%s %s" % (a, here())')
