"""How conditions come out in rounds to come, and which rounds are visited for them."""

from __future__ import annotations

import itertools
import textwrap
from collections import Counter
from types import SimpleNamespace
from typing import Any

from midrun.rehearse.loops.conditions import Facts
from midrun.rehearse.loops.form import cut_form
from midrun.rehearse.loops.plan import Plan, plan
from midrun.rehearse.loops.sources import Source, source_of
from midrun.source.book import Book
from midrun.source.module import Source as File


def facts(
    text: str, iterable: Any = None, steps: dict[int, int] | None = None, **names: Any
) -> Facts:
    """Those of the outermost loop of a text, before its first round."""
    site = next(iter(cut_form(File("train.py", textwrap.dedent(text))).loops.values()))
    code = SimpleNamespace(co_filename="train.py")
    frame: Any = SimpleNamespace(f_globals=names, f_locals=names, f_code=code)
    source: Source | None = source_of(iterable, next) if iterable is not None else None
    first = len(site.counters)
    moves = {first + number: step for number, step in (steps or {}).items()}
    return Facts(site, source, frame, Book(), origin=0, steps=moves, heads={})


def planned(found: Facts, length: int | None) -> Plan:
    return plan(found, length, 0, first=3, rounds=50, seen=Counter(), times=1, times_later=5)


def test_rounds_that_make_a_condition_true_are_visited() -> None:
    found = facts(
        """
        for epoch in range(100):
            if epoch == args.warmup:
                thaw()
        """,
        range(100), args=SimpleNamespace(warmup=17),
    )  # fmt: skip
    assert planned(found, 100).visited == [0, 1, 2, 17, 50, 99]


def test_an_equal_sign_ends_a_loop_however_far_off() -> None:
    found = facts(
        """
        for step in count():
            train()
            if step == 120_000:
                break
        """,
        itertools.count(),
    )
    assert planned(found, None).length == 120_001


def test_it_may_count_down() -> None:
    found = facts(
        """
        while left != 0:
            train()
            left += -20
        """,
        left=2_000_000,
    )
    assert planned(found, None).length is None  # only additions of a number are counters
    found = facts(
        """
        for left in numbers:
            train()
            if 0 == left:
                break
        """,
        range(50_000, -1, -1),
    )
    assert planned(found, 50_001).length == 50_001


def test_a_variable_that_changes_now_and_then_is_taken_as_it_is() -> None:
    text = """
        for epoch in range(100):
            if epoch == milestones[stage]:
                stage += 1
            train()
    """
    names: dict[str, Any] = {"milestones": [20, 60], "stage": 0}
    found = facts(text, range(100), **names)
    assert planned(found, 100).visited == [0, 1, 2, 20, 50, 99]
    later: Any = SimpleNamespace(f_globals=names, f_locals=names)
    assert not found.are_stale(later)
    names["stage"] = 1
    assert found.are_stale(later)


def test_the_limit_of_early_stopping_is_no_end() -> None:
    found = facts(
        """
        for epoch in range(100):
            if score() > 1:
                best = epoch
            if epoch - best > patience:
                break
        """,
        range(100), best=0, patience=10,
    )  # fmt: skip
    assert planned(found, 100).length == 100


def test_what_a_method_counts_up_is_known_once_it_was_measured() -> None:
    text = """
        class Trainer:
            def step(self):
                self.steps += 1

            def run(self):
                while self.steps < 1000:
                    self.step()
                    if self.steps % 300 == 0:
                        save()
    """
    unknown = facts(text, self=SimpleNamespace(steps=0))
    assert planned(unknown, None).length is None
    found = planned(facts(text, steps={0: 1}, self=SimpleNamespace(steps=0)), None)
    assert found.length == 1000
    assert 299 in found.visited


def test_a_plan_in_the_middle_keeps_what_was_left_out_before() -> None:
    before = Plan([0, 99], 100, {"step": 80.0}, begin=20)
    after = Plan([60, 99], 100, {"step": 30.0, "save": 1.0}, begin=60)
    assert after.instead_of(before).left_out == {"step": 70.0, "save": 1.0}
    assert after.instead_of(before).begin == 20
