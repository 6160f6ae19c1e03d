"""Where positions of one source are in another: exact cases, and every position of the corpus."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from midrun.source.align import Gone, Moved, move
from midrun.source.changes import changes, deep_changes, runs_again
from midrun.source.expressions import expressions
from midrun.source.likeness import pair_functions
from midrun.source.module import Function, Source
from midrun.source.positions import Path as Steps
from midrun.source.positions import Position, node_at

CORPUS = sorted((Path(__file__).parent.parent / "scripts" / "core").rglob("*.py"))


def function_of(text: str) -> Function:
    """The only function of a source, or the module."""
    source = Source("a.py", dedent(text))
    functions = [f for f in source.functions.values() if f.name[0] != "<"]
    return functions[0] if functions else source.functions["<module>", 0]


def statements(function: Function) -> Iterator[tuple[Steps, ast.stmt]]:
    """Every statement of a function's own, with the way to it."""

    def walk(block: list[ast.stmt], name: str, path: Steps) -> Iterator[tuple[Steps, ast.stmt]]:
        for index, statement in enumerate(block):
            here = (*path, (name, index))
            yield here, statement
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            for field in ("body", "orelse", "finalbody"):
                yield from walk(getattr(statement, field, []), field, here)
            for field in ("handlers", "cases"):
                for k, part in enumerate(getattr(statement, field, [])):
                    yield from walk(part.body, "body", (*here, (field, k)))

    return walk(function.body, "body", ())


def moved(old: str, new: str, marker: str, kind: str = "before") -> tuple[str, Moved]:
    """The statement of `new` where the position at the statement of `old` with `marker` is."""
    before, after = function_of(old), function_of(new)
    position = position_in(before, marker, kind)
    result = move(before, position, after)
    *above, (name, index) = result.position.path
    block = getattr(node_at(after.root, tuple(above)), name)
    return ast.unparse(block[index]) if index < len(block) else "the end", result


def position_in(function: Function, marker: str, kind: str = "before") -> Position:
    path, statement = [(path, s) for path, s in statements(function) if marker in ast.unparse(s)][
        -1
    ]
    within: Steps = ()
    if kind == "call":
        within = next(p for p, node in expressions(statement) if isinstance(node, ast.Call))
    assert kind in ("before", "call", "next")
    return Position(kind, path, within, statement.lineno)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a()\np()\nb()", "a()\np()\nb()\nc()", "p()"),
        ("a()\np()\nb()", "a()\nx()\np()\nb()", "x()"),
        ("a()\np()\nb()", "x()\na()\np()\nb()", "p()"),
        ("a()\np()\nb()", "a()\nb()", "b()"),
        ("a()\np()", "a()", "the end"),
        ("a()\np()\nb()", "a()\nq(1 + 1)\nb()", "q(1 + 1)"),
        ("a()\np()\nb()", "p()\nb()", "p()"),
        ("p()\nb()", "x()\np()\nb()", "x()"),
        ("a()\nb()\np()", "b()\na()\np()", "p()"),
        ("a(1)\np()\nb()", "a(2)\nx()\np()\nb()", "x()"),
        ("s()\np()\ns()\nq()\ns()", "s()\np()\ns()\nr()\nq()\ns()", "p()"),
        ("a()\np()\nb()", "a()\nif c:\n    p()\nb()", "if c:\n    p()"),
        ("a()\nk = 1\np()\nb()", "a()\nif c:\n    k = 1\n    p()\nb()", "p()"),
        ("a()\nk = 1\np()\nb()", "a()\nif c:\n    try:\n        k = 1\n        p()\n"
         "    finally:\n        d()\nb()", "p()"),
        ("a()\nif c:\n    k = 1\n    p()\nb()", "a()\nk = 1\np()\nb()", "p()"),
        ("try:\n    k = 1\n    p()\nfinally:\n    d()", "k = 1\np()\nd()", "p()"),
        ("if c:\n    a()\nelse:\n    k = 1\n    p()", "k = 1\np()", "p()"),
        ("if c:\n    a()\nelif d:\n    k()\n    p()", "if d:\n    k()\n    p()", "p()"),
        ("for i in x:\n    k()\n    p()", "y = x\nfor i in y:\n    k()\n    p()\nz()", "p()"),
        ("while c:\n    k()\n    p()", "while d(c) > 0:\n    k()\n    p()", "p()"),
        ("try:\n    a()\nexcept E:\n    k()\n    p()",
         "try:\n    a()\nexcept F:\n    x()\nexcept E:\n    k()\n    p()", "p()"),
        ("match v:\n    case 1:\n        k()\n        p()",
         "match v:\n    case 0:\n        x()\n    case 1:\n        k()\n        p()", "p()"),
    ],
)  # fmt: skip
def test_before_a_statement(old: str, new: str, expected: str) -> None:
    assert moved(old, new, "p()")[0] == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a()\ntrain(m)\nb()", "a()\nr = train(m, lr=1)\nb()", "r = train(m, lr=1)"),
        ("a()\ntrain(m)\nb()", "x()\nprint(a(), train(m))", "print(a(), train(m))"),
        ("r = train(m)", "with c():\n    r = train(m)", "r = train(m)"),
        ("r = train(m)", "try:\n    r = train(m)\nexcept E:\n    pass", "r = train(m)"),
        ("r = train(m)", "r = self.train(m)", "r = self.train(m)"),
        ("if train(m):\n    a()", "if train(m) and b:\n    a()\n    c()",
         "if train(m) and b:\n    a()\n    c()"),
        ("for i in r:\n    train(i)", "for i in r:\n    if i:\n        train(i)", "train(i)"),
        ("train(1)\ntrain(2)", "train(1)\nx()\ntrain(2)", "train(2)"),
    ],
)  # fmt: skip
def test_a_call_under_way(old: str, new: str, expected: str) -> None:
    text, result = moved(old, new, "train(", "call")
    assert text == expected
    after = function_of(new)
    call = node_at(node_at(after.root, result.position.path), result.position.within)
    assert isinstance(call, ast.Call)
    assert "train" in ast.unparse(call.func)


def test_a_call_of_a_renamed_function() -> None:
    old, new = function_of("a()\nr = train(m)"), function_of("a()\nr = fit(m)")
    position = position_in(old, "train", "call")
    with pytest.raises(Gone, match=r"call `train\(m\)` that was under way at line 2"):
        move(old, position, new)
    assert move(old, position, new, renamed={"train": "fit"}).position.path == (("body", 1),)


@pytest.mark.parametrize(
    ("old", "new", "clause"),
    [
        ("for i in x:\n    p()", "p()", "`for` loop that was under way at line 1"),
        ("while x:\n    p()", "p()", "`while` loop that was under way at line 1"),
        ("with x:\n    k()\n    p()", "k()\np()", "`with` block that was under way at line 1"),
        ("for i in x:\n    p()", "while x:\n    p()", "`for` loop that was under way"),
        ("with x:\n    p()", "with x, y:\n    p()", "other items"),
        ("if x:\n    a()\nelse:\n    p()", "b()\nwhile 1:\n    pass", None),
    ],
)
def test_what_is_gone(old: str, new: str, clause: str | None) -> None:
    if clause is None:
        moved(old, new, "p()")
        return
    with pytest.raises(Gone, match=clause):
        moved(old, new, "p()")


def test_headers() -> None:
    loop = "for i in {}:\n    k()\n    p()"
    _, result = moved(loop.format("range(3)"), loop.format("range(4)"), "p()")
    assert result.new_headers == {(("body", 0),)}
    assert result.remarks == []
    _, result = moved(loop.format("tqdm(range(3))"), loop.format("tqdm(range(4))"), "p()")
    assert result.new_headers == frozenset()
    assert [line for line, _ in result.remarks] == [1]
    before, after = function_of(loop.format("range(N)")), function_of(loop.format("range(N)"))
    position = position_in(before, "p()")
    assert move(before, position, after).new_headers == frozenset()
    assert move(before, position, after, rebound={"N"}).new_headers == {(("body", 0),)}


def test_a_new_with_is_not_entered() -> None:
    text, result = moved("k()\np()", "with a:\n    with b:\n        k()\n        p()", "p()")
    assert text == "p()"
    assert result.not_entered == {(("body", 0),), (("body", 0), ("body", 0))}


@pytest.mark.parametrize("path", CORPUS, ids=lambda p: p.stem)
def test_every_position_of_the_corpus(path: Path) -> None:
    """Nothing moves where nothing changed; a statement that is put in elsewhere moves no position
    to another statement."""
    source = Source.read(str(path))
    generator = random.Random(path.name)
    for function in source.functions.values():
        places = list(statements(function))
        for steps, statement in generator.sample(places, min(len(places), 6)):
            position = Position("before", steps, (), statement.lineno)
            assert move(function, position, function).position == position
            after = Source("b.py", ast.unparse(source.tree)).functions[function.key]
            same = node_at(after.root, steps)
            *above, (name, index) = generator.choice([path for path, _ in places])
            if (*above, (name, index + 1)) != steps:  # else it would rightly be the next to run
                block = getattr(node_at(after.root, tuple(above)), name)
                block.insert(index + 1, ast.parse("entirely_new = 'statement'").body[0])
            result = move(function, position, after)
            assert node_at(after.root, result.position.path) is same, ast.unparse(after.node)


def test_renamed_functions_are_paired() -> None:
    old = Source("a.py", "def train(m):\n    x = m + 1\n    y = x * 2\n    return x, y\n")
    new = Source("a.py", old.text.replace("train", "fit"))
    assert pair_functions(old, new)["train", 0].name == "fit"
    other = Source("a.py", "def fit(z):\n    print('no')\n")
    assert ("train", 0) not in pair_functions(old, other)


def test_changes_of_a_block() -> None:
    old = ast.parse("'''doc'''\na = 1\ndef f(): pass\nb = 2\nc = 3\n").body
    new = ast.parse("'''other'''\nc = 3\na = 5\nimport x\ndef f(): return 1\n").body
    found = [
        (c.old and ast.unparse(c.old), c.new and ast.unparse(c.new)) for c in changes(old, new)
    ]
    assert sorted(found, key=str) == sorted(
        [
            ("a = 1", "a = 5"),
            (None, "import x"),
            ("def f():\n    pass", "def f():\n    return 1"),
            ("b = 2", None),
        ],
        key=str,
    )


def test_changes_inside_blocks() -> None:
    old = ast.parse("for i in x:\n    if i:\n        a()\n    else:\n        b()\n").body
    new = ast.parse(
        "for i in x:\n    if i:\n        a()\n    else:\n        b(1)\n        c()\n"
    ).body
    found = list(deep_changes(old, new))
    inside = (("body", 0), ("body", 0))
    assert [change.path for change in found] == [
        (*inside, ("orelse", 0)),
        (*inside, ("orelse", 1)),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = f()", True),
        ("from a import *", True),
        ("if TYPE_CHECKING:\n    import a", True),
        ("try:\n    import a\nexcept ImportError:\n    a = None", True),
        ("if x:\n    y = 1\nelse:\n    def y(): pass", True),
        ("if x:\n    y = f()", False),
        ("if x:\n    f()", False),
        ("for i in x: pass", False),
        ("with x: y = 1", False),
        ("if __name__ == '__main__':\n    x = 1", False),
        ("x += 1", False),
    ],
)
def test_what_runs_again(text: str, expected: bool) -> None:
    (statement,) = ast.parse(text).body
    assert runs_again(statement) is expected
