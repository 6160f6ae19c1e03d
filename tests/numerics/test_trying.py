"""How cures are judged, with trials that are made up."""

from __future__ import annotations

import pytest

from midrun.numerics.cures.branch import Outcome
from midrun.numerics.cures.trying import compare
from midrun.numerics.finding import Finding, Line

TEXT = "y = torch.log(p)\nloss.backward()\noptimizer.step()\n"
BAD = 10  # the backward pass
HEALTHY = {8: 1.0, 9: 1.0, 10: None}


@pytest.fixture
def found(tmp_path):
    script = tmp_path / "train.py"
    script.write_text(TEXT)
    line = Line(str(script), 1, "f", TEXT.splitlines()[0], 4, 16, 1)
    step = Line(str(script), 3, "f", TEXT.splitlines()[2], 0, 16, 3)
    return Finding("log-domain", "", "forward", "", line, backward=BAD, step=BAD, step_line=step)


class Trials:
    """Answers each trial by the first rule whose text is in the edited program."""

    def __init__(self, **rules):
        self.rules = rules
        self.asked = []

    def __call__(self, trial):
        text = next(iter(trial.overlay.values()), "")
        self.asked.append((text, trial.steps))
        for part, rule in self.rules.items():
            if part in text:
                return rule(trial)
        return Outcome(HEALTHY, finite=False)


def lasts(*, until=1000, healthy=1.0):
    """A remedy that lasts for some steps, and gives `healthy` as the loss of the healthy ones."""

    def outcome(trial):
        losses = {8: healthy, 9: healthy, 10: 0.5}
        return Outcome(losses, finite=until >= trial.steps, steps=min(until, trial.steps))

    return outcome


def test_what_moves_healthy_steps_least_is_the_best(found):
    trials = Trials(clamp=lasts(), clip_grad_norm_=lasts(healthy=1.5))
    cures = [cure for cure, _ in compare(found, trials)]
    assert [cure.finite for cure in cures[:3]] == [True, True, True]
    assert (cures[0].kind, cures[0].moved) == ("clamp", 0.0)
    assert (cures[2].kind, cures[2].moved) == ("clip", 0.5)


def test_of_equals_the_first_that_was_proposed_is_the_best(found):
    trials = Trials(clip_grad_norm_=lasts(), clamp=lasts(), **{"p + 1e-12": lasts()})
    assert compare(found, trials)[0][0].title == "an epsilon inside log"


def test_what_hides_the_defect_comes_after_what_cures(found):
    trials = Trials(nan_to_num=lasts(), clip_grad_norm_=lasts(healthy=3.0))
    assert [cure.kind for cure, _ in compare(found, trials)[:2]] == ["clip", "nan_to_num"]


def test_the_best_lasts_for_more_steps(found):
    trials = Trials(clip_grad_norm_=lasts())
    assert compare(found, trials)[0][0].steps == 200
    assert sorted(steps for _, steps in trials.asked)[-2:] == [50, 200]


def test_the_next_is_taken_if_the_best_does_not_last(found):
    trials = Trials(clip_grad_norm_=lasts(healthy=1.5), clamp=lasts(until=120))
    cures = [cure for cure, _ in compare(found, trials)]
    assert (cures[0].kind, cures[0].steps, cures[0].finite) == ("clip", 200, True)
    assert [(cure.steps, cure.finite) for cure in cures if cure.kind == "clamp"] == [
        (120, False), (120, False),
    ]  # fmt: skip


def test_a_script_that_ends_before(found):
    cure, _ = compare(found, Trials(clip_grad_norm_=lambda trial: Outcome(HEALTHY, steps=30)))[0]
    assert (cure.finite, cure.steps, cure.note) == (True, 30, "the script ended")


def test_a_remedy_that_gives_no_answer_is_no_cure(found):
    cures = compare(found, lambda trial: None)
    assert {(cure.finite, cure.note) for cure, _ in cures} == {(False, "could not be run")}
