"""Growth without end, a large step, and what is neither."""

from __future__ import annotations

import math

from midrun.numerics.finding import Row
from midrun.numerics.trend import growth, jump, over_the_run, rise


def test_what_rises_without_end_is_growth():
    found = growth({"loss": [(n, 10.0**n) for n in range(5)]})
    assert found is not None
    assert (found.what, round(found.factor), found.steps) == ("loss", 10, 4)


def test_what_rises_and_falls_is_none():
    assert growth({"loss": [(n, 10.0 ** (n % 3)) for n in range(9)]}) is None


def test_one_large_step_is_a_jump():
    assert jump([1.0, 2.0, 1.0, 1.5, 1.0, 50.0]) == 50.0


def test_no_jump_where_little_is_known_or_the_last_is_usual_or_not_finite():
    assert jump([1.0, 50.0]) is None
    assert jump([1.0, 2.0, 1.0, 1.5, 1.0, 3.0]) is None
    assert jump([1.0, 2.0, 1.0, 1.5, 1.0, math.inf]) is None
    assert jump([]) is None


def test_what_has_become_ten_times_as_large_has_risen():
    assert rise([2.0, 2.0, 8.0, 15.0, 30.0, 60.0]) == (2.0, 60.0)


def test_nothing_has_risen_where_little_is_known_or_the_last_is_usual():
    assert rise([2.0, 60.0]) is None
    assert rise([2.0, 2.0, 60.0, 60.0, 60.0, 3.0]) is None
    assert rise([0.0, 0.0, 0.0, 3.0]) is None


def test_a_bad_value_at_the_end_hides_no_rise():
    assert rise([2.0, 2.0, 8.0, 60.0, math.inf, math.nan]) == (2.0, 60.0)


def test_rows_over_a_run_are_about_as_far_from_each_other():
    rows = [Row(backward, None) for backward in (1, 2, 500, 1000, *range(1990, 2001))]
    assert [row.backward for row in over_the_run(rows, 5)] == [1, 500, 1000, 1990, 2000]
    assert over_the_run([], 5) == []
