"""What libraries count up, and the ends of their loops."""

from __future__ import annotations

import sys
import weakref
from types import SimpleNamespace
from typing import Any

import pytest

from midrun.rehearse.frameworks import FRAMEWORKS, cut_of
from midrun.rehearse.loops import ends
from midrun.rehearse.loops.counting import Counters
from midrun.rehearse.loops.form import cut_form
from midrun.rehearse.loops.growth import Growth, Known
from midrun.source.module import Source


class Progress:
    def __init__(self) -> None:
        self.ready = 0
        self.mean = 0.0


class Loop:
    """As frameworks have them."""

    def __init__(self, most: int) -> None:
        self.progress = Progress()
        self.most = most

    @property
    def done(self) -> bool:
        return self.progress.ready >= self.most


def test_attributes_that_are_counted_are_known_until_their_object_goes() -> None:
    counters, progress = Counters(), Progress()
    counters.counts(progress, "ready")
    counters.counts(progress, "mean")  # not a whole number
    progress.ready += 1
    assert [*counters.values().values()] == [1]
    assert [*counters.first.values()] == [0]
    counters.set({(id(progress), "ready"): 100})
    assert progress.ready == 100
    del progress
    assert counters.values() == {}


def test_what_cannot_be_referred_to_is_left_alone() -> None:
    class Slotted:
        __slots__ = ("count",)

    slotted, counters = Slotted(), Counters()
    slotted.count = 1
    counters.counts(slotted, "count")
    assert counters.values() == {}


def execution_of(text: str, frame: Any, rounds: int, loop: Loop, counters: Counters) -> Any:
    """A loop of a library of which so many rounds have been visited."""
    sites = cut_form(Source("library.py", text), library=cut_of("library.py"))
    (site,) = sites.loops.values()
    growth = Growth(Known())
    for index in range(rounds):
        growth.head(index, counters.values(), counters.first)
        counters.counts(loop.progress, "ready")
        loop.progress.ready += 1
    stats = SimpleNamespace(site=site)
    return SimpleNamespace(index=rounds - 1, growth=growth, stats=stats, moved={}, frame=frame)


@pytest.mark.parametrize("most", [5, 1000, 123_456_789])
def test_a_test_is_asked_beforehand_and_nothing_changes(most: int) -> None:
    loop, counters = Loop(most), Counters()
    execution = execution_of("while not loop.done:\n    step()\n", None, 3, loop, counters)
    facts: Any = SimpleNamespace(kind_of=lambda index: ())
    assert ends.end_of(execution, facts, sys._getframe(), counters) == most
    assert loop.progress.ready == 3


def test_a_test_that_fails_beforehand_says_nothing() -> None:
    loop, counters = Loop(9), Counters()
    execution = execution_of("while not loop.gone:\n    step()\n", None, 3, loop, counters)
    facts: Any = SimpleNamespace(kind_of=lambda index: ())
    assert ends.end_of(execution, facts, sys._getframe(), counters) is None


def test_a_loop_that_ends_with_its_data_has_as_many_rounds() -> None:
    torch = pytest.importorskip("torch")
    batches = iter(torch.utils.data.DataLoader(range(40), batch_size=4))
    next(batches)
    next(batches)
    text = """
while True:
    try:
        batch = next(batches)
    except StopIteration:
        break
"""
    execution = execution_of(text, None, 2, Loop(0), Counters())
    execution.moved = {weakref.ref(batches): 1}
    assert ends.by_data(execution) == 10
    text = text.replace("break", "batches = iter(loader)")
    other = execution_of(text, None, 2, Loop(0), Counters())
    other.moved = execution.moved
    assert ends.by_data(other) is None


def test_the_modules_of_frameworks_are_told_by_their_paths() -> None:
    folder = "/lib/python3.11/site-packages/"
    engine = cut_of(f"{folder}ignite/engine/engine.py")
    assert engine.in_generators
    assert engine.has("_internal_run")
    assert not cut_of(f"{folder}transformers/trainer_callback.py").has("on_step_end")
    assert (
        cut_of(f"{folder}lightning/pytorch/loops/fit_loop.py")
        == FRAMEWORKS["lightning.pytorch.loops"]
    )
    learn = cut_of(f"{folder}stable_baselines3/common/off_policy_algorithm.py")
    assert (learn.has("learn"), learn.has("collect_rollouts")) == (True, False)
    assert cut_of(f"{folder}other/loops.py").has("anything")  # named by --through
