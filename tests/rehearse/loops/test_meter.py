"""Sums with what was left out."""

from __future__ import annotations

import pytest

from midrun.rehearse.loops.meter import BYTES, MEMORY, Mark, Meter, Rounds


def took(seconds: float, saved: float = 0.0) -> Mark:
    amounts = {("loop",): seconds} | ({BYTES: saved} if saved else {})
    return Mark(amounts, amounts, amounts)


def test_rounds_left_out_take_what_others_of_their_kind_took() -> None:
    rounds = Rounds()
    for seconds in (9.0, 1.0, 1.0):  # the first one makes much that the others find
        rounds.visited("step", took(seconds))
    rounds.visited("evaluation", took(5.0))
    meter = Meter()
    meter.add(rounds, {"step": 100, "evaluation": 2})
    assert meter.total["loop",] == pytest.approx(110)
    assert meter.spent["loop",] == 0


def test_a_kind_that_was_not_visited_takes_what_all_take() -> None:
    rounds = Rounds()
    for seconds in (1.0, 2.0, 2.0, 2.0):
        rounds.visited("step", took(seconds))
    meter = Meter()
    meter.add(rounds, {"other": 10})
    assert meter.total["loop",] == pytest.approx(20)


def test_a_loop_of_another_length_does_something_else() -> None:
    rounds = Rounds()
    for length, seconds in [(1000, 1.0)] * 4 + [(10, 5.0)] * 40:
        rounds.visited("step", took(seconds), length)
    meter = Meter()
    meter.add(rounds, {"step": 996}, 1000)
    assert meter.total["loop",] == pytest.approx(996)


def test_what_few_rounds_write_is_not_taken_for_nothing() -> None:
    rounds = Rounds()
    for saved in (0.0, 0.0, 0.0, 0.0, 40.0):
        rounds.visited("step", took(1.0, saved))
    meter = Meter()
    meter.add(rounds, {"step": 100})
    assert meter.total[BYTES] == pytest.approx(1000)


def test_of_many_rounds_the_later_half_counts() -> None:
    rounds = Rounds()
    for number in range(20):
        rounds.visited("step", took(3.0 if number < 9 else 1.0, 190.0 if number == 5 else 0.0))
    meter = Meter()
    meter.add(rounds, {"step": 100})
    assert meter.total["loop",] == pytest.approx(100)
    assert meter.total[BYTES] == pytest.approx(1000)  # what few write is the mean of all


def test_time_is_counted_for_the_innermost() -> None:
    meter = Meter()
    with meter.during(("data",)):
        before = meter.mark()
        sum(range(1000))
        spent = meter.mark().since(before)
    assert list(spent.total) == [("data",)]
    assert spent.seconds > 0


@pytest.mark.parametrize(
    ("growths", "each"),
    [
        ([90.0, 8.0, 3.0, 3.0, 3.0], 3.0),  # a leak
        ([90.0, 8.0, 0.0, 132.0, 0.0], 0.0),  # an allocator that takes memory in pieces
        ([90.0, -8.0, 5.0, -5.0, 0.0], 0.0),
        ([90.0, 8.0], 0.0),  # too few to tell
    ],
)
def test_memory_grows_by_what_each_later_round_adds(growths: list[float], each: float) -> None:
    rounds = Rounds()
    for growth in (50.0, *growths):
        amounts = {MEMORY: growth}
        rounds.visited("step", Mark(amounts, amounts, amounts))
    meter = Meter()
    meter.add(rounds, {"step": 1000})
    assert meter.total[MEMORY] == pytest.approx(1000 * each)


def test_the_first_round_is_left_out():
    rounds = Rounds()
    for seconds in (9.0, 1.0, 1.0):
        rounds.visited((), took(seconds))
    assert rounds.pace == 1.0


def test_it_follows_what_the_rounds_take():
    rounds = Rounds()
    assert rounds.pace == 0.0
    for number in range(200):
        rounds.visited(number % 3, took(1.0))
        assert rounds.pace == 1.0
    for _ in range(400):
        rounds.visited(0, took(2.0))
    assert rounds.pace == 2.0


def test_all_rounds_are_not_looked_at_after_each(monkeypatch):
    looked = []
    monkeypatch.setattr(Mark, "seconds", property(lambda mark: looked.append(mark) or 1.0))
    rounds = Rounds()
    for _ in range(1000):
        rounds.visited((), took(1.0))
        assert rounds.pace == 1.0
    assert len(looked) < 10 * 1000
