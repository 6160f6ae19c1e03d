"""Growth without end, a large step, and what is neither."""

from __future__ import annotations

import math

from midrun.numerics.finding import Row
from midrun.numerics.trend import growth, jump, over_the_run, what_rose


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


def rows(**components: list[float]) -> list[Row]:
    """A row each 100 backward passes, with the largest values of some components."""
    (length,) = {len(values) for values in components.values()}
    return [
        Row(100 * n, None, {}, {name: values[n] for name, values in components.items()})
        for n in range(length)
    ]


def test_what_has_become_ten_times_as_large_is_told():
    history = rows(body=[2.0, 2.0, 8.0, 15.0, 30.0, 60.0], head=[1.0] * 6)
    assert what_rose(history, "") == (
        "the largest value of body grew 30 times over the run: 2 early on, 60 at last"
    )


def test_of_the_component_of_a_module_if_that_is_known():
    rising = [1.0, 2.0, 4.0, 8.0, 16.0, 1000.0]
    history = rows(**{"Net.body": [2.0, 2.0, 8.0, 15.0, 30.0, 60.0], "Net.head": rising})
    assert "Net.head grew" in what_rose(history, "")
    assert "Net.body grew" in what_rose(history, "body.layers.2")


def test_nothing_is_told_where_little_is_known_or_the_last_is_usual():
    assert what_rose(rows(body=[2.0, 60.0]), "") is None
    assert what_rose(rows(body=[2.0, 2.0, 60.0, 60.0, 60.0, 3.0]), "") is None
    assert what_rose(rows(body=[0.0, 0.0, 0.0, 3.0]), "") is None
    assert what_rose([Row(1, 2.0)], "") is None


def test_a_bad_value_at_the_end_hides_no_rise():
    assert what_rose(rows(body=[2.0, 2.0, 8.0, 60.0, math.inf, math.nan]), "") is not None


def test_rows_over_a_run_are_about_as_far_from_each_other():
    history = [Row(backward, None) for backward in (1, 2, 500, 1000, *range(1990, 2001))]
    assert [row.backward for row in over_the_run(history, 5)] == [1, 500, 1000, 1990, 2000]
    assert over_the_run([], 5) == []
