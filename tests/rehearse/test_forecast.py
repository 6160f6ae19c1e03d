"""The names of what a forecast is made of."""

from __future__ import annotations

import pytest

from midrun.rehearse.forecast import forecast
from midrun.rehearse.request import Answer, LoopSeen


def loop(file: str, line: int, end: int, *, trains: bool, inside: list[tuple[str, int]]):
    return LoopSeen(
        file, line, end, "main", 1, [0, 1], 10, False, True, trains, not trains, None, None, inside
    )


def names(tmp_path, *loops: LoopSeen) -> list[str]:
    amounts = {f"loop\n{seen.file}\n{seen.line}": (1.0, 1.0, 1.0, 1.0) for seen in loops}
    answer = Answer.read(Answer(loops=[*loops], amounts=amounts).write())
    return [phase.name for phase in forecast(answer, str(tmp_path)).phases]


def test_what_is_around_the_training_is_between_the_loops(tmp_path):
    epochs = loop("train.py", 1, 9, trains=True, inside=[])
    steps = loop("train.py", 2, 5, trains=True, inside=[("train.py", 1)])
    validation = loop("train.py", 6, 9, trains=False, inside=[("train.py", 1)])
    found = names(tmp_path, epochs, steps, validation)
    assert found == ["between the loops", "training step", "evaluation"]


def test_so_is_the_loop_of_epochs_in_another_file_of_a_framework(tmp_path):
    epochs = loop("fit_loop.py", 200, 220, trains=True, inside=[])
    steps = loop("epoch_loop.py", 130, 150, trains=True, inside=[("fit_loop.py", 200)])
    assert names(tmp_path, epochs, steps) == ["between the loops", "training step"]


@pytest.mark.parametrize("inside", [[], [("train.py", 1)]])
def test_a_model_that_loops_over_time_is_a_part_of_the_training_step(tmp_path, inside):
    steps = loop("train.py", 1, 9, trains=True, inside=inside)
    rollout = loop("model.py", 5, 7, trains=False, inside=[("train.py", 1)])
    assert names(tmp_path, steps, rollout) == ["training step", "evaluation"]
