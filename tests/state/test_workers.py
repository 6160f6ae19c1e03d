"""What a worker process of a DataLoader knows of its random numbers."""

from __future__ import annotations

import random

import pytest

pytest.importorskip("torch")

from midrun.state.adapters.randomness import Randomness
from midrun.state.adapters.workers import Begin, Tagged, _Tracker


class Dataset:
    def __init__(self) -> None:
        self.own = random.Random(1)
        self.count = 0


def draw(dataset: Dataset) -> tuple[float, float]:
    return random.random(), dataset.own.random()


def test_randomness_is_read_and_written_for_global_generators_and_the_datasets_own():
    dataset = Dataset()
    randomness = Randomness({"dataset": dataset})
    state = randomness.read()
    first = draw(dataset)
    assert draw(dataset) != first
    randomness.write(state)
    assert draw(dataset) == first


def tracker(dataset: Dataset) -> _Tracker:
    tracker = _Tracker(0, dataset, None, Begin())
    tracker.after(None)(0)
    return tracker


def test_a_batch_says_what_has_been_drawn_since_the_one_before():
    dataset = Dataset()
    worker = tracker(dataset)
    draw(dataset)
    tags = [worker.tag("a"), worker.tag("b")]
    draw(dataset)
    tags.append(worker.tag("c"))
    assert [tag.state is None for tag in tags] == [False, True, False]
    assert [tag.start is None for tag in tags] == [False, True, True]


def test_a_dataset_that_counts_is_told():
    dataset = Dataset()
    worker = tracker(dataset)
    dataset.count += 1
    assert worker.tag("a").changed == "dataset.count"


def test_a_fault_of_midruns_does_not_harm_the_worker(monkeypatch: pytest.MonkeyPatch):
    worker = tracker(Dataset())
    monkeypatch.setattr(random, "getstate", lambda: 1 / 0)
    monkeypatch.setattr(Randomness, "read", lambda self: 1 / 0)
    tag = worker.tag("a")
    assert isinstance(tag, Tagged)
    assert tag.data == "a"
    assert "ZeroDivisionError" in tag.failed
