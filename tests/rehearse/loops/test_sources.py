"""Items that are left out, and what comes after them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from midrun.rehearse.loops.sources import UNKNOWN, Source, drained, source_of


def of(iterable: Any) -> Source:
    return source_of(iterable, next)


@pytest.mark.parametrize("iterable", [range(10), list(range(10)), iter(range(10))])
def test_items_of_sequences_are_left_out(iterable: Any) -> None:
    source = of(iterable)
    assert next(source) == 0
    source.skip(6)
    assert list(source) == [7, 8, 9]


def test_enumerate_counts_what_is_left_out() -> None:
    source = of(enumerate("abcdef", start=1))
    assert source.length == 6
    source.skip(4)
    assert list(source) == [(5, "e"), (6, "f")]


def test_zip_leaves_out_of_each() -> None:
    source = of(zip(range(5), [10, 11, 12, 13, 14], strict=True))
    source.skip(3)
    assert list(source) == [(3, 13), (4, 14)]


def test_the_item_of_a_round_is_known_beforehand() -> None:
    assert of(range(0, 100, 7)).at(3) == 21
    assert of(enumerate(range(5))).at(2) == (2, UNKNOWN)  # enumerate keeps the iterator alone
    assert of(object_with_items()).at(0) is UNKNOWN


def object_with_items() -> Iterator[int]:
    yield from range(3)


def test_a_generator_is_drawn_from_while_that_is_quick() -> None:
    source = of(object_with_items())
    assert not source.exact
    source.skip(1)
    assert drained(source) == (2, 2)


def test_a_bar_is_taken_apart() -> None:
    tqdm = pytest.importorskip("tqdm")
    source = of(tqdm.tqdm(range(100), disable=True))
    assert (source.length, next(source)) == (100, 0)
    source.skip(98)
    assert list(source) == [99]


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("wrap", [lambda loader: loader, enumerate], ids=["plain", "enumerate"])
def test_batches_of_a_loader_are_left_out(workers: int, wrap: Any) -> None:
    torch = pytest.importorskip("torch")
    data = torch.utils.data.TensorDataset(torch.arange(1003))
    loader = torch.utils.data.DataLoader(data, batch_size=10, num_workers=workers)
    source = of(wrap(loader))
    drawn = [next(source), next(source)]
    source.skip(47)
    drawn.append(next(source))
    source.skip(50)
    drawn += list(source)
    batches = [item[1] if wrap is enumerate else item for item in drawn]
    assert [int(batch[0][0]) for batch in batches] == [0, 10, 490, 1000]
    assert len(batches[-1][0]) == 3  # the short last one
    if wrap is enumerate:
        assert [item[0] for item in drawn] == [0, 1, 49, 100]


def test_batches_that_are_left_out_are_not_loaded() -> None:
    torch = pytest.importorskip("torch")
    loaded = []

    class Items:
        def __len__(self) -> int:
            return 100

        def __getitem__(self, index: int) -> int:
            loaded.append(index)
            return index

    source = of(torch.utils.data.DataLoader(Items(), batch_size=2))
    source.skip(49)
    assert [batch.tolist() for batch in source] == [[98, 99]]
    assert loaded == [98, 99]
