from __future__ import annotations

from textwrap import dedent

from midrun.source.loops import Loop, loops
from midrun.source.module import Source


def loops_of(text: str) -> dict[int, Loop]:
    """By the line of the loop."""
    found = loops(Source("a.py", dedent(text).lstrip("\n")))
    return {loop.line: loop for loop in found.values()}


def test_what_a_round_binds_and_what_it_reads():
    loop = loops_of("""
        def train(lr, epochs):
            for step, (x, y) in enumerate(data):
                loss = model(x, y)
                total += loss * lr
                _, label = (a for a in loss)
    """)[2]
    assert loop.function == "train"
    assert loop.targets == ("step", "x", "y")
    assert loop.bound == ("loss", "total", "label")
    assert loop.read == ("lr",)  # what others define (data, model) is no variable of the function


def test_a_loop_in_a_loop_knows_the_variables_around_it():
    found = loops_of("""
        for epoch in range(3):
            total = 0
            for step in range(4):
                loss = f()
                total += loss
    """)
    assert found[1].targets == ("epoch",)
    assert found[1].bound == ("total", "step", "loss")
    assert found[3].outer == ("epoch",)
    assert found[3].targets == ("epoch", "step")
    assert found[3].shared == {"total"}


def test_variables_of_other_functions_are_not_those_of_the_loop():
    loop = loops_of("""
        while True:
            def f():
                inner = 1
            found = [part for part in f()]
    """)[1]
    assert loop.bound == ("found",)


def test_a_loop_is_found_by_the_first_statement_of_its_body():
    assert list(loops(Source("a.py", "for i in x:\n    f(); g()\n"))) == [(2, 4)]
