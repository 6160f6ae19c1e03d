"""Tests in functions that a loop calls, known for the rounds to come."""

from __future__ import annotations

import ast
from types import SimpleNamespace
from typing import Any

from midrun.rehearse.loops.names import Counted
from midrun.rehearse.loops.passing import INDEX, Passed, conditions_and_moves, met, move

COUNTED = Counted(added={"step": set(), "seen": set()}, begun_anew={"slot"})


def frame_of(**variables: Any) -> Any:
    return SimpleNamespace(f_globals={}, f_locals=variables)


def passed(test: str, rounds: dict[int, dict[str, Any]]) -> Passed:
    """A test that was made in these rounds, with the variables there."""
    expression = ast.parse(test, mode="eval").body
    found = met("train.py", (7, 8), expression, frame_of(**next(iter(rounds.values()))))
    for index, variables in rounds.items():
        found.note(index, frame_of(**variables))
    return found


def outcomes(found: Passed, rounds: range) -> list[int]:
    """The rounds in which it comes out true."""
    condition = found.condition(COUNTED.begun_anew)
    assert condition is not None
    return [index for index in rounds if condition.value({INDEX: index})]


def test_a_number_that_grows_evenly_is_known_for_the_rounds_to_come() -> None:
    rounds = {n: {"trainer": SimpleNamespace(step=n + 1), "every": 500} for n in range(3)}
    found = passed("trainer.step % every == 0", rounds)
    assert outcomes(found, range(2000)) == [499, 999, 1499, 1999]


def test_one_that_stays_is_not_what_a_round_is_told_by() -> None:
    assert (
        passed("patience > 3", {n: {"patience": 2} for n in range(3)}).condition(COUNTED.begun_anew)
        is None
    )


def test_one_that_grows_now_and_then_is_not_known() -> None:
    rounds = {n: {"best": count} for n, count in enumerate((0, 1, 1))}
    assert passed("best > 3", rounds).condition(COUNTED.begun_anew) is None


def test_a_place_in_a_ring_is_not_known() -> None:
    found = passed("ring.slot == 100", {n: {"ring": SimpleNamespace(slot=n)} for n in range(3)})
    assert found.condition(COUNTED.begun_anew) is None
    assert not list(found.moves(COUNTED))


def test_a_test_that_is_made_more_than_once_in_a_round_belongs_to_another_loop() -> None:
    found = passed("step % 10 == 0", {0: {"step": 0}, 1: {"step": 40}})
    found.note(1, frame_of(step=41))
    assert found.condition(COUNTED.begun_anew) is None


def test_what_grows_is_moved_on_unless_the_loop_does_that() -> None:
    trainer = SimpleNamespace(step=3, seen=96)
    rounds = {n: {"trainer": trainer} for n in range(3)}
    found = passed("trainer.step > trainer.seen", rounds)
    found.values = {n: {"trainer.step": n + 1, "trainer.seen": 32 * (n + 1)} for n in range(3)}
    _, moves = conditions_and_moves([found], [], {"step"}, COUNTED)
    move(moves, 10)
    assert (trainer.step, trainer.seen) == (3, 96 + 320)


def test_what_the_loop_counts_itself_is_known_wherever_it_is_begun() -> None:
    found = passed("ring.slot == 100", {n: {"ring": SimpleNamespace(slot=n)} for n in range(3)})
    assert conditions_and_moves([found], [], set(), COUNTED)[0] == []
    assert len(conditions_and_moves([found], [], {"slot"}, COUNTED)[0]) == 1
