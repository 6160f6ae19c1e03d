"""What moves on with rounds that are left out."""

from __future__ import annotations

import ast
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from midrun.rehearse.loops.followers import Followers, move_numbers, numbers
from midrun.rehearse.loops.names import Counter

STEPS = (Counter(ast.parse("trainer.steps", mode="eval").body, 0, 0),)


def test_numbers_that_are_counted_elsewhere_are_moved_on() -> None:
    trainer = SimpleNamespace(steps=3)
    assert numbers(STEPS, sys._getframe()) == {0: 3}
    move_numbers(STEPS, sys._getframe(), {0: 97})
    assert trainer.steps == 100


def test_a_number_that_is_computed_stays() -> None:
    class Trainer:
        @property
        def steps(self) -> int:
            return 3

    trainer = Trainer()
    move_numbers(STEPS, sys._getframe(), {0: 97})
    assert trainer.steps == 3


@pytest.fixture
def followers(monkeypatch: pytest.MonkeyPatch) -> Followers:
    torch = pytest.importorskip("torch")
    data = torch.utils.data.dataloader
    for kind in vars(torch.optim.lr_scheduler).values():
        if isinstance(kind, type) and "step" in vars(kind):
            monkeypatch.setattr(kind, "step", kind.step)
    monkeypatch.setattr(data._BaseDataLoaderIter, "__next__", data._BaseDataLoaderIter.__next__)
    found = Followers()
    found.watch()
    return found


def scheduler_of(kind: str, **arguments: Any) -> Any:
    torch = pytest.importorskip("torch")
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = getattr(torch.optim.lr_scheduler, kind)(optimizer, **arguments)
    optimizer.step()
    return scheduler


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [("CosineAnnealingLR", {"T_max": 50}), ("StepLR", {"step_size": 30}),
     ("OneCycleLR", {"max_lr": 1.0, "total_steps": 200}), ("LambdaLR", {"lr_lambda": float})],
)  # fmt: skip
def test_a_scheduler_goes_on_from_where_it_would_be(
    followers: Followers, kind: str, arguments: dict[str, Any]
) -> None:
    whole, cut = scheduler_of(kind, **arguments), scheduler_of(kind, **arguments)
    cut.step()
    before = followers.positions()
    cut.step()
    followers.move(followers.moved(before), 118)
    for _ in range(5):
        cut.step()
    for _ in range(125):
        whole.step()
    assert cut.last_epoch == whole.last_epoch == 125
    assert cut.optimizer.param_groups[0]["lr"] == pytest.approx(
        whole.optimizer.param_groups[0]["lr"]
    )


def test_a_pass_that_the_program_draws_from_by_hand_comes_to_its_end(followers: Followers) -> None:
    torch = pytest.importorskip("torch")
    batches = iter(torch.utils.data.DataLoader(range(40), batch_size=4))
    next(batches)
    before = followers.positions()
    next(batches)
    followers.move(followers.moved(before), 6)
    assert [batch.tolist()[0] for batch in batches] == [32, 36]
