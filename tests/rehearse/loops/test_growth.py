"""By how much numbers grow in rounds that are left out."""

from __future__ import annotations

import pytest

from midrun.rehearse.loops.growth import Growth, KindOf, Known, explained, period


def every(number: int) -> KindOf:
    """The kinds of rounds of which each so many is of its own."""
    return lambda index: (f"every {number}",) if (index + 1) % number == 0 else ()


def grown(values: list[int], begin: int, end: int, kind: KindOf = lambda index: ()) -> int | None:
    """What a number with these values at the heads of the first rounds grows by later."""
    growth = Growth(Known())
    for index, value in enumerate(values):
        growth.head(index, {"n": value}, {})
    growth.settle(kind)
    return growth.grown(begin, end, kind).get("n")


def test_a_number_that_grows_evenly() -> None:
    assert grown([5, 7, 9, 11], 3, 1003) == 2000


def test_one_that_grows_in_every_fourth_round() -> None:
    values = [index // 4 for index in range(30)]
    assert grown(values, 29, 1001) == 1001 // 4 - 29 // 4


def test_one_that_was_seen_to_grow_once_goes_by_the_kinds_of_rounds() -> None:
    values = [0, 0, 0, 0, 1]
    assert grown(values, 4, 1001, every(4)) == 1001 // 4 - 1
    assert grown(values, 4, 1001) is None


def test_one_that_is_set_back_as_the_loop_begins_stays() -> None:
    assert grown([0, 1001, 1001, 1001], 3, 10) == 0


def test_one_that_falls_is_left_alone() -> None:
    assert grown([3, 2, 1], 2, 10) is None


def test_one_that_is_new_was_what_it_was_at_first() -> None:
    growth = Growth(Known())
    for index in range(4):
        growth.head(index, {}, {})
    growth.head(4, {"n": 1}, {"n": 0})
    growth.settle(every(4))
    assert growth.grown(4, 1001, every(4)) == {"n": 249}


def test_what_is_known_serves_the_loop_when_it_comes_again() -> None:
    known = Known()
    first = Growth(known)
    for index in range(30):
        first.head(index, {"n": index // 4}, {})
    first.settle(lambda index: ())
    again = Growth(known)
    again.head(0, {"n": 250}, {})
    again.head(1, {"n": 250}, {})
    again.settle(lambda index: ())
    assert again.grown(1, 1001, lambda index: ()) == {"n": 250}


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [([], None), ([3], [3]), ([1, 2], None), ([2, 2], [2]), ([9, 0, 1, 0, 1], [0, 1]),
     ([-1], None), ([0, 0, 1, 0, 0, 1, 0, 0, 1], [0, 0, 1])],
)  # fmt: skip
def test_the_period_of_numbers(numbers: list[int], expected: list[int] | None) -> None:
    found = period(numbers)
    assert found == expected or (found and expected and sorted(found) == sorted(expected))


def test_one_condition_may_decide_what_a_round_adds() -> None:
    amounts = {(): {0}, ("a",): {0}, ("b",): {1}}
    amount = explained(amounts, [("a", "b"), ()])
    assert amount is not None
    assert (amount(("a", "b")), amount(())) == (1, 0)


def test_what_differs_in_rounds_of_a_kind_is_not_known() -> None:
    assert explained({(): {0, 1}}, [()]) is None
