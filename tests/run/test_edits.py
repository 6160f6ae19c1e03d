"""Each edit of a running program, from end to end: run to a place, edit, resume, compare output."""

from __future__ import annotations

from pathlib import Path

import pytest
from edited_program import Program


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


STACK = """
    import sys

    RATE = 1

    def augment(x):
        return x + 100

    def step(x):
        a = x * 2
        b = a + RATE
        print("step", x, b)  # here
        c = b + 1
        return c

    def train(rounds):
        total = 0
        for i in range(rounds):
            total += i
            result = step(i)
            print("round", i, result)
        print("total", total)
        return total

    def main():
        n = 3
        done = train(n)
        print("done", done)

    main()
    print("end")
"""
UNEDITED = ["step 1 3", "round 1 4", "step 2 5", "round 2 6", "total 3", "done 3", "end"]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Program:
    program = Program(tmp_path_factory.mktemp("stack"))
    program.write(STACK)
    program.run(count=2)
    return program


@pytest.fixture
def stack(ran: Program) -> Program:
    """Three functions deep, in the second of three rounds; not edited yet."""
    ran.write(STACK)
    return ran


def test_no_edit(stack: Program) -> None:
    assert stack.resume().lines == UNEDITED


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("c = b + 1\n", "c = b + 10\n", {1: "round 1 13", 3: "round 2 15"}),
        ('print("round", i, result)', 'print("r", i)', {1: "r 1", 3: "r 2"}),
        ('print("done", done)', 'print("finished", done)', {5: "finished 3"}),
        ('print("end")', 'print("the end")', {6: "the end"}),
        ('print("total", total)\n    return', "return", {4: None}),
        ('print("end")', 'print("end")\nprint("more")', {6: ["end", "more"]}),
        ('print("done", done)', 'print("x")\n    print("done", done)', {5: ["x", "done 3"]}),
        ("c = b + 1\n", 'print("new")\n    c = b + 1\n', {0: ["step 1 3", "new"]}),
    ],
)
def test_after_the_position(
    stack: Program, old: str, new: str, changed: dict[int, str | list[str] | None]
) -> None:
    stack.edit(old, new)
    expected: list[str] = []
    for index, line in enumerate(UNEDITED):
        what = changed.get(index, line)
        expected += [what] if isinstance(what, str) else what or []
    if "new" in new and "new" in expected:
        expected.insert(expected.index("step 2 5") + 1, "new")
    assert stack.resume().lines == expected


def test_the_statement_at_the_position(stack: Program) -> None:
    stack.edit('print("step", x, b)', 'print("now", x, b)')
    assert stack.resume().lines == [line.replace("step", "now") for line in UNEDITED]


def test_a_statement_put_in_before_the_position_runs(stack: Program) -> None:
    stack.edit('print("step", x, b)', 'b += 5\n    print("step", x, b)')
    assert stack.resume().lines[:4] == ["step 1 8", "round 1 9", "step 2 10", "round 2 11"]


def test_statements_put_in_where_the_code_had_run_do_not_run(stack: Program) -> None:
    stack.edit("a = x * 2", 'print("early")\n    a = x * 2')
    stack.edit("n = 3", 'print("early in main")\n    n = 3')
    assert stack.resume().lines == [
        *["step 1 3", "round 1 4", "early", "step 2 5", "round 2 6", "total 3", "done 3", "end"]
    ]


def test_the_statement_at_the_position_is_deleted(stack: Program) -> None:
    stack.edit('    print("step", x, b)  # here\n', "")
    assert stack.resume().lines == [line for line in UNEDITED if "step" not in line]


def test_a_function_that_had_not_run(stack: Program) -> None:
    stack.edit("return x + 100", "return x + 200")
    stack.edit('print("done", done)', 'print("done", augment(done))')
    assert stack.resume().lines == [*UNEDITED[:5], "done 203", "end"]


def test_a_new_function_and_a_new_import(stack: Program) -> None:
    stack.edit("import sys\n", "import sys\nimport math\n")
    stack.edit("def step(x):", "def twice(x):\n    return math.floor(2.5 * x)\n\n\ndef step(x):")
    stack.edit('print("done", done)', 'print("done", twice(done))')
    resumed = stack.resume()
    assert resumed.lines == [*UNEDITED[:5], "done 7", "end"]
    assert "a.py:2: new, run now: import math" in resumed.said


def test_a_deleted_function_is_a_name_error(stack: Program) -> None:
    stack.edit("def augment(x):\n    return x + 100\n", "")
    stack.edit('print("done", done)', 'print("done", augment(done))')
    resumed = stack.resume()
    assert resumed.lines == UNEDITED[:5]
    assert "NameError: name 'augment' is not defined" in resumed.said
    assert resumed.code == 1


def test_a_module_constant(stack: Program) -> None:
    stack.edit("RATE = 1", "RATE = 2")
    resumed = stack.resume()
    assert resumed.lines[:3] == ["step 1 3", "round 1 4", "step 2 6"]
    assert "a.py:3: changed, run again now: RATE = 2" in resumed.said


def test_a_function_on_the_stack_before_the_position(stack: Program) -> None:
    stack.edit("a = x * 2", "a = x * 3")
    assert stack.resume().lines[:4] == ["step 1 3", "round 1 4", "step 2 7", "round 2 8"]


def test_a_renamed_variable_is_a_name_error_where_it_is_missing(stack: Program) -> None:
    stack.edit("b = a + RATE", "bb = a + RATE")
    stack.edit('print("step", x, b)', 'print("step", x, bb)')
    stack.edit("c = b + 1\n", "c = bb + 1\n")
    resumed = stack.resume()
    assert resumed.lines == []
    assert "UnboundLocalError: cannot access local variable 'bb'" in resumed.said


def test_every_line_moves(stack: Program) -> None:
    text = (stack.folder / "a.py").read_text()
    first, rest = text.split("def augment", 1)
    augment, rest = rest.split("def step", 1)
    step, rest = rest.split("def train", 1)
    train, rest = rest.split("def main", 1)
    main, rest = rest.split("\nmain()", 1)
    parts = [first, "# one\n\n", "def main", main, "\n\n# two\ndef train", train, "def step", step]
    parts += ["\n\n\ndef augment", augment, "\nmain()", rest]
    (stack.folder / "a.py").write_text("".join(parts))
    resumed = stack.resume()
    assert resumed.lines == UNEDITED
    assert "run" not in resumed.said


def test_a_renamed_function_on_the_stack(stack: Program) -> None:
    stack.edit("def train(rounds):", "def fit(rounds):")
    stack.edit("done = train(n)", "done = fit(n)")
    assert stack.resume().lines == UNEDITED


def test_the_call_in_progress(stack: Program) -> None:
    stack.edit("done = train(n)", "done, extra = train(n + 1), 7")
    stack.edit('print("done", done)', 'print("done", done, extra)')
    resumed = stack.resume()
    assert resumed.lines == [*UNEDITED[:5], "done 3 7", "end"]
    assert "the arguments of train() changed: the call under way has the old ones" in resumed.said


@pytest.mark.parametrize(
    ("new", "rounds"),
    [("range(rounds + 2)", 5), ("range(2)", 2), ("range(1, 4)", 4), ("range(0, 5, 2)", 5)],
)
def test_the_range_of_a_loop_under_way(stack: Program, new: str, rounds: int) -> None:
    stack.edit("range(rounds)", new)
    lines = [line for line in stack.resume().lines if line.startswith("round")]
    step = 2 if "2)" in new and "0" in new else 1
    assert lines == [f"round {i} {2 * i + 2}" for i in [1, *range(2, rounds, step)]]


def test_a_range_of_a_constant_that_changed(program: Program) -> None:
    program.write("""
        EPOCHS = 2

        def main():
            for epoch in range(EPOCHS):
                print(epoch)  # here

        main()
    """)
    program.run()
    program.edit("EPOCHS = 2", "EPOCHS = 4")
    assert program.resume().lines == ["0", "1", "2", "3"]


def test_another_loop_header_is_stale(program: Program) -> None:
    program.write("""
        for i, x in enumerate(range(3)):
            print(i, x)  # here
        print("end")
    """)
    program.run(count=2)
    program.edit("range(3)", "range(5)")
    resumed = program.resume()
    assert resumed.lines == ["1 1", "2 2", "end"]
    assert "a.py:1: the header of the loop under way changed: its old iterator goes on" in (
        resumed.said
    )


def test_a_deleted_loop(stack: Program) -> None:
    stack.edit(
        "for i in range(rounds):\n        total += i\n        result = step(i)\n"
        '        print("round", i, result)\n',
        "pass\n",
    )
    resumed = stack.resume()
    assert resumed.lines == []
    assert resumed.code == 2
    assert "the `for` loop that was under way at line 17 is no longer there" in resumed.said


def test_a_deleted_function_on_the_stack(stack: Program) -> None:
    text = (stack.folder / "a.py").read_text()
    start, end = text.index("def train"), text.index("def main")
    (stack.folder / "a.py").write_text(text[:start] + text[end:])
    resumed = stack.resume()
    assert resumed.code == 2
    assert "train() in" in resumed.said
    assert "was running at the savepoint and is no longer there" in resumed.said


def test_a_syntax_error(stack: Program) -> None:
    stack.edit("c = b + 1\n", "c = b +\n")
    resumed = stack.resume()
    assert resumed.code == 2
    assert "a.py, line 12: invalid syntax" in resumed.said
    assert "^" in resumed.said
    stack.edit("c = b +\n", "c = b + 1\n")
    assert stack.resume().lines == UNEDITED


BLOCK = """
    from contextlib import contextmanager

    @contextmanager
    def noisy():
        print("enter")
        yield
        print("exit")

    def work():
        for i in range(2):
            a = i
            b = a + 1
            print("at", i, b)  # here
            print("after", i)

    work()
"""


@pytest.fixture(scope="module")
def block_ran(tmp_path_factory: pytest.TempPathFactory) -> Program:
    program = Program(tmp_path_factory.mktemp("block"))
    program.write(BLOCK)
    program.run()
    return program


@pytest.fixture
def block(block_ran: Program) -> Program:
    """At the third statement of a loop's body; not edited yet."""
    block_ran.write(BLOCK)
    return block_ran


def wrap(program: Program, header: str, lines: list[str], footer: str = "") -> None:
    """Put lines of the loop into a block."""
    text = (program.folder / "a.py").read_text()
    old = "".join(f"        {line}\n" for line in lines)
    assert old in text
    new = f"        {header}\n" + "".join(f"            {line}\n" for line in lines)
    (program.folder / "a.py").write_text(text.replace(old, new + footer))


LINES = ["a = i", "b = a + 1", 'print("at", i, b)  # here', 'print("after", i)']
PLAIN = ["at 0 1", "after 0", "at 1 2", "after 1"]


@pytest.mark.parametrize("first", [0, 1, 2])
def test_an_if_is_put_around_the_position(block: Program, first: int) -> None:
    wrap(block, "if i < 5:", LINES[first:])
    assert block.resume().lines == PLAIN


@pytest.mark.parametrize("first", [0, 1, 2])
def test_a_try_is_put_around_the_position(block: Program, first: int) -> None:
    lines = [*LINES[first:3], 'assert i, "no"']
    block.edit('print("after", i)', 'assert i, "no"')
    wrap(block, "try:", lines, '        except AssertionError:\n            print("caught")\n')
    assert block.resume().lines == ["at 0 1", "caught", "at 1 2"]


@pytest.mark.parametrize("first", [0, 1])
def test_a_with_is_put_around_the_position(block: Program, first: int) -> None:
    wrap(block, "with noisy():", LINES[first:])
    resumed = block.resume()
    assert resumed.lines == ["at 0 1", "after 0", "enter", "at 1 2", "after 1", "exit"]
    assert "the `with` that is new around the position is not entered this time" in resumed.said


def test_a_with_is_put_around_what_has_not_run(block: Program) -> None:
    wrap(block, "with noisy():", LINES[2:])
    resumed = block.resume()
    assert resumed.lines == ["enter", *PLAIN[:2], "exit", "enter", *PLAIN[2:], "exit"]


def test_a_block_around_the_position_is_taken_away(program: Program) -> None:
    program.write("""
        for i in range(2):
            if i < 5:
                try:
                    a = i
                    print(i)  # here
                finally:
                    print("finally")
            print("end")
    """)
    program.run()
    program.write("""
        for i in range(2):
            a = i
            print(i)
            print("end")
    """)
    assert program.resume().lines == ["0", "end", "1", "end"]


def test_a_with_around_the_position_is_taken_away(program: Program) -> None:
    program.write("""
        from contextlib import nullcontext

        def work():
            with nullcontext():
                a = 1
                print(a)  # here

        work()
    """)
    program.run()
    program.edit(
        "    with nullcontext():\n        a = 1\n        print(a)", "    a = 1\n    print(a)"
    )
    resumed = program.resume()
    assert resumed.code == 2
    assert "work() in" in resumed.said
    assert "the `with` block that was under way at line 4 is no longer there" in resumed.said


def test_generators_and_methods_of_another_module(program: Program) -> None:
    program.write("""
        import engine

        RATE = 1
        if __name__ == "__main__":
            result = engine.fit(3)
            print("result", result, RATE)
    """)
    program.write(
        """
        BIAS = 10

        class Trainer:
            def __init__(self, n):
                self.n = n

            def data(self):
                for i in range(self.n):
                    yield i
                    print("sent", i)

            def step(self, i):
                z = i + BIAS
                print("step", i, z)  # here
                return z

            def fit(self):
                total = 0
                for i in self.data():
                    total += self.step(i)
                return total

        def fit(n):
            return Trainer(n).fit()
        """,
        "engine.py",
    )
    program.run(count=2, name="engine.py")
    program.edit("BIAS = 10", "BIAS = 20\nMORE = 100", "engine.py")
    program.edit("return z", "return z + MORE + self.bonus()", "engine.py")
    program.edit(
        "def fit(self)", "def bonus(self):\n        return 1000\n\n    def fit(self)", "engine.py"
    )
    program.edit("range(self.n)", "range(self.n + 1)", "engine.py")
    program.edit('print("sent", i)', 'print("SENT", i)', "engine.py")
    program.edit("RATE = 1", "RATE = 2")
    program.edit('print("result"', 'print("RESULT"')
    assert program.resume().lines == [
        *["step 1 11", "SENT 1", "step 2 22", "SENT 2", "step 3 23", "SENT 3"],
        f"RESULT {10 + 1111 + 1122 + 1123} 2",
    ]


def test_recursion(program: Program) -> None:
    program.write("""
        def down(n):
            if n == 0:
                print("bottom")  # here
                return 0
            r = down(n - 1)
            print("up", n, r)
            return r + 1

        print(down(3))
    """)
    program.run()
    program.edit("r = down(n - 1)", "r = 10 + down(n - 1)")
    program.edit('print("bottom")', 'print("BOTTOM")')
    assert program.resume().lines == ["BOTTOM", "up 1 10", "up 2 21", "up 3 32", "33"]


def test_in_a_handler(program: Program) -> None:
    program.write("""
        def work():
            try:
                1 / 0
            except ZeroDivisionError as error:
                print("handling", error)  # here
                print("again", error)
            finally:
                print("finally")
            print("done")

        work()
    """)
    program.run()
    program.edit("except ZeroDivisionError as", "except (ZeroDivisionError, OSError) as")
    program.edit('print("again", error)', 'print("AGAIN", error)')
    program.edit('print("finally")', 'print("FINALLY")')
    program.edit("1 / 0", "2 / 0")
    text = "division by zero"
    assert program.resume().lines == [f"handling {text}", f"AGAIN {text}", "FINALLY", "done"]


def test_a_generator_whose_yield_is_gone(program: Program) -> None:
    program.write("""
        def numbers(n):
            for i in range(n):
                yield i

        g = numbers(4)
        next(g)
        print("now")  # here
        print(list(g))
    """)
    program.run()
    program.edit("yield i", "return [i]")
    resumed = program.resume()
    assert resumed.code == 2
    assert "the expression `(yield i)` that was under way at line 3 is no longer" in resumed.said


def test_closures_and_lambdas(program: Program) -> None:
    program.write("""
        import functools

        def loud(f):
            @functools.wraps(f)
            def wrapper(*args):
                r = f(*args)
                return r
            return wrapper

        @loud
        def work(n):
            k = 1
            def inner(x):
                return x + k
            print("work", inner(n))  # here
            k = 5
            return inner(n)

        print(sorted([work(1), 3, 2], key=lambda v: -v))
    """)
    program.run()
    program.edit("return x + k", "return x + k * 100")
    program.edit("return r\n", "return r + 1000\n")
    program.edit("key=lambda v: -v", "key=lambda v: v")
    assert program.resume().lines == ["work 101", "[2, 3, 1501]"]
