from __future__ import annotations

import ast
import functools
import traceback

import pytest

from midrun.source.book import Book
from midrun.source.hot import flag, fresh
from midrun.source.module import Source

SCRIPT = '''\
"""A docstring."""
from __future__ import annotations

def f(n):
    """Another."""
    for i in range(n):
        if i == 3:
            return 1 / 0
    return n

names = sorted(n for n in globals() if not n.startswith("__"))
'''


def run(
    source: Source, monkeypatch: pytest.MonkeyPatch, *, rounds: bool = False
) -> tuple[dict, list[int]]:
    """The namespace after the hot form has run, and the blocks that it reported."""
    import builtins

    book, seen = Book(rounds=rounds), []
    code = book.add(source)
    for number in range(len(book.blocks.places)):
        passed = functools.partial(seen.append, number)
        monkeypatch.setattr(builtins, flag(number), passed, raising=False)
    namespace: dict = {"__name__": "hot"}
    exec(code, namespace)
    return namespace, seen


def test_no_namespace_gets_a_new_name(monkeypatch):
    namespace, _ = run(Source("script.py", SCRIPT), monkeypatch)
    assert namespace["names"] == ["annotations", "f"]
    assert namespace["__doc__"] == "A docstring."
    assert namespace["f"].__doc__ == "Another."


def test_tracebacks_show_the_file_as_it_is(monkeypatch):
    namespace, _ = run(Source("script.py", SCRIPT), monkeypatch)
    with pytest.raises(ZeroDivisionError) as caught:
        namespace["f"](5)
    frame = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert (frame.lineno, frame.colno, frame.end_colno) == (8, 19, 24)


@pytest.mark.parametrize(("rounds", "count"), [(False, 2), (True, 4)])
def test_blocks_are_reported_when_they_are_entered(monkeypatch, rounds, count):
    namespace, seen = run(Source("script.py", SCRIPT), monkeypatch, rounds=rounds)
    del seen[:]
    namespace["f"](2)
    # The function once and what follows its loop; if wanted, each of two rounds of that.
    assert len(seen) == count


def test_a_fresh_tree_shares_no_node():
    tree = ast.parse(SCRIPT)
    copy = fresh(tree)
    assert ast.dump(copy) == ast.dump(tree)
    assert not {id(n) for n in ast.walk(tree)} & {
        id(n) for n in ast.walk(copy) if not isinstance(n, ast.expr_context)
    }
