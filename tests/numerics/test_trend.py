"""Growth without end, a large step, and what is neither."""

from __future__ import annotations

import math

from midrun.numerics.trend import growth, jump


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
