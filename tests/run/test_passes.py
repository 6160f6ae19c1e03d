"""How often a block has been passed."""

from __future__ import annotations

import types

from midrun.run.passes import Counter


def counter(often: float) -> tuple[Counter, list[None]]:
    changes: list[None] = []
    return Counter(lambda: changes.append(None), often), changes


def test_calls_are_counted_beyond_the_first_look():
    count, changes = counter(often=0.0)
    for _ in range(1000):
        assert count.call is not None
        count.call()
    assert count.count == 1000
    assert changes  # `call` is another one by now


def test_what_is_called_too_often_is_no_longer_counted():
    count, changes = counter(often=1.0)
    for _ in range(1000):
        if count.call is not None:
            count.call()
    assert count.call is None
    assert count.count is None
    assert len(changes) == 1


def test_a_visit_says_when_the_next_one_is_to_be():
    visits: list[int] = []

    def visit(count: int, frame: types.FrameType) -> int:
        visits.append(count)
        assert frame.f_code.co_name == "test_a_visit_says_when_the_next_one_is_to_be"
        return 9

    count = Counter(lambda: None, 0.0, visit)
    for _ in range(31):
        assert count.call is not None
        count.call()
    assert visits == [1, 11, 21, 31]
    assert count.count == 31
