"""Passes through a DataLoader, with batches left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from midrun.rehearse.loops.loaders import Ahead, is_pass, leave_out
from midrun.rehearse.loops.sources import Loaded, source_of

torch = pytest.importorskip("torch")


class Looking(torch.utils.data.DataLoader):  # type: ignore[misc]
    """A loader that draws a batch ahead, as accelerate's does."""

    def __iter__(self) -> Any:
        return Ahead(self, self.items())

    def items(self) -> Iterator[Any]:
        batches = super().__iter__()
        current = next(batches)
        for batch in batches:
            yield current.tolist(), False
            current = batch
        yield current.tolist(), True


@pytest.fixture
def batches() -> Any:
    return iter(Looking(range(22), batch_size=4))


@pytest.mark.parametrize("left_out", [0, 1, 2, 3])
def test_the_last_batch_comes_with_its_mark(batches: Any, left_out: int) -> None:
    assert next(batches) == ([0, 1, 2, 3], False)
    leave_out(batches, left_out)
    rest = list(batches)
    assert len(rest) == 5 - left_out
    assert rest[0] == ([*range(4 * (left_out + 1), 4 * (left_out + 2))], False)
    assert rest[-1] == ([20, 21], True)


def test_all_but_the_last_are_left_out_before_the_first(batches: Any) -> None:
    leave_out(batches, 5)
    assert list(batches) == [([20, 21], True)]


def test_more_than_there_are_are_left_out(batches: Any) -> None:
    next(batches)
    leave_out(batches, 100)
    assert list(batches) == []


def test_such_a_loader_is_a_source_of_which_items_can_be_left_out() -> None:
    source = source_of(enumerate(Looking(range(22), batch_size=4)), next)
    assert source.length == 6
    inner = source_of(Looking(range(22), batch_size=4), next)
    assert isinstance(inner, Loaded)
    assert (inner.length, inner.exact) == (6, True)
    assert is_pass(inner.iterator)
    source.skip(5)
    assert next(source) == (5, ([20, 21], True))
