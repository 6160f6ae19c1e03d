"""The cut form, as text."""

from __future__ import annotations

import ast
import textwrap

from midrun.rehearse.frameworks import Cut
from midrun.rehearse.loops.form import cut_form
from midrun.source.module import Source


def cut(text: str) -> str:
    source = Source("train.py", textwrap.dedent(text))
    cut_form(source)
    return ast.unparse(source.tree)


def test_a_for_draws_from_a_source_and_moves_its_counter_on() -> None:
    text = """
        for x in loader:
            step += 1
            train(x)
    """
    assert cut(text) == textwrap.dedent("""\
        for x in _@loop(2, 0, loader):
            step = _@ahead(2, 0, 0, step)
            step += 1
            train(x)
        _@left(2, 0)""")


def test_a_while_asks_at_the_head_of_each_round() -> None:
    text = """
        while step < 100:
            train()
            step += 1
    """
    assert cut(text) == textwrap.dedent("""\
        while step < 100:
            if _@turn(2, 0):
                break
            step = _@ahead(2, 0, 0, step)
            train()
            step += 1
        _@left(2, 0)""")


def test_a_test_of_computed_values_is_asked_for() -> None:
    text = """
        def fit(best):
            accuracy = evaluate()
            if accuracy > best:
                save()
    """
    assert "_@before(4, 4)\n    if _@test(4, 4, accuracy > best):" in cut(text)


def test_what_no_model_can_be_in_stays_as_it_is() -> None:
    text = """
        for word in words:
            counts[word] += 1

        def batches():
            for batch in loader:
                yield prepare(batch)

        def forward(self, x):
            for layer in self.layers:
                x = layer(x)
            return x

        @torch.compile
        def step(x):
            for layer in layers:
                x = layer(x)
            return x
    """
    assert "_@" not in cut(text)


def test_a_counter_in_a_branch_is_none() -> None:
    text = """
        for epoch in range(9):
            if worse():
                patience += 1
    """
    assert "_@ahead" not in cut(text)


def test_a_counter_that_is_set_back_is_none() -> None:
    text = """
        for epoch in range(9):
            train()
            seen += 1
            if seen == 5:
                seen = 0
    """
    assert "_@ahead" not in cut(text)


def test_a_library_tells_what_it_counts_and_tests_of_values_stay() -> None:
    text = textwrap.dedent("""
        def fit(self, best):
            self.progress.ready += 1
            self.total[0] += 1
            done = self.progress.ready == self.most
            if accuracy > best:
                save()
    """)
    source = Source("library.py", text)
    cut_form(source, library=Cut())
    found = ast.unparse(source.tree)
    assert "_@counts(self.progress, 'ready')\n    self.progress.ready += 1" in found
    assert "_@counts(self.total" not in found
    assert "_@passed(5, 4)\n    done =" in found
    assert "_@test" not in found


def test_of_a_library_only_the_loops_are_cut_that_are_named() -> None:
    text = textwrap.dedent("""
        def learn(self):
            while self.step < 100:
                train()
        def collect(self):
            while self.step < 100:
                yield act()
    """)
    assert len(cut_form(Source("a.py", text), library=Cut()).loops) == 1
    assert len(cut_form(Source("a.py", text), library=Cut(in_generators=True)).loops) == 2
    assert not cut_form(Source("a.py", text), library=Cut(frozenset({"other"}))).loops
