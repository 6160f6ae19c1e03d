"""Trying remedies as branches of a run, several side by side, and telling which is best."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from midrun.branch.process import Start, ask_branch, branch_folder
from midrun.errors import MidrunError
from midrun.numerics.cures.blamed import Remedy
from midrun.numerics.cures.branch import Outcome, Trial
from midrun.numerics.cures.remedies import remedies
from midrun.numerics.finding import Cure, Finding
from midrun.processors import processors
from midrun.warm.owner import Warm

_ATTACH = "midrun.numerics.cures.branch:attach"
_HEALTHY = 3  # steps before the bad one that are compared
_MOST = 8  # remedies that are tried
_FEW = 50  # steps beyond the bad one that each has to last
_MANY = 200  # and the best

Ask = Callable[[Trial], Outcome | None]  # runs a trial; None if it gave no answer
Tried = tuple[Cure, Remedy]


def try_cures(start: Start, found: Finding, warm: Warm | None = None) -> list[Tried]:
    """Run each remedy from `start`, and return the cures, the best first. `warm` has a keeper for
    the run."""

    def ask(trial: Trial) -> Outcome | None:
        def request(out: str, scratch: str) -> str:
            asked = dataclasses.replace(trial, out=out, scratch=scratch, files=start.files)
            return asked.write()

        with branch_folder() as folder:
            text, _ = ask_branch(start, _ATTACH, request, folder, warm)
        return Outcome.read(text) if text is not None else None

    return compare(found, ask, at_once=max(1, processors() // 2))


def compare(found: Finding, ask: Ask, at_once: int = 1) -> list[Tried]:
    """Try the remedies for a finding for some steps each, `at_once` side by side, and the best for
    more: the cures, the best first. `ask` runs a trial."""
    proposed = _likely(remedies(found, _read))
    if not proposed:
        return []

    def run(remedy: Remedy | None, steps: int) -> Outcome | None:
        overlay = {remedy.edit.path: remedy.edit.after} if remedy is not None else {}
        return ask(Trial(found.backward, found.step, steps, overlay=overlay))

    with ThreadPoolExecutor(at_once) as pool:
        plain, *outcomes = pool.map(lambda remedy: run(remedy, _FEW), [None, *proposed])

    def judged(remedy: Remedy, outcome: Outcome | None) -> Tried:
        return _judge(found, plain, remedy, outcome), remedy

    tried = sorted(map(judged, proposed, outcomes), key=_rank)
    while (best := tried[0][0]).finite and best.steps == _FEW:
        remedy = tried[0][1]
        tried[0] = judged(remedy, run(remedy, _MANY))
        if tried[0][0].finite:
            break
        tried.sort(key=_rank)
    return tried


def _likely(proposed: Sequence[Remedy]) -> list[Remedy]:
    """The first few, those that hide the defect last."""
    honest = [remedy for remedy in proposed if not remedy.hides]
    hiding = [remedy for remedy in proposed if remedy.hides]
    return [*honest[: _MOST - len(hiding)], *hiding]


def _read(path: str) -> str:
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def _judge(found: Finding, plain: Outcome | None, remedy: Remedy, outcome: Outcome | None) -> Cure:
    cure = Cure(remedy.kind, remedy.title, remedy.edit.diff, hides=remedy.hides)
    if outcome is None:
        cure.note = "could not be run"
        return cure
    cure.steps = outcome.steps
    cure.finite = outcome.finite and cure.steps > 0
    losses = [loss for loss in outcome.losses.values() if loss is not None]
    cure.loss = losses[-1] if losses else None
    cure.gradient = outcome.gradient if outcome.gradient >= 0 else None
    if plain is not None:
        timed = plain.seconds and outcome.seconds
        cure.slower = outcome.seconds / plain.seconds if timed else None
        cure.moved = _moved(found, plain, outcome)
    if cure.finite and cure.steps < _FEW:
        cure.note = "the script ended"
    return cure


def _moved(found: Finding, plain: Outcome, outcome: Outcome) -> float | None:
    """By how much, relative to itself, a cure changes the losses just before the bad step."""
    changes = []
    for backward in range(found.backward - _HEALTHY, found.backward):
        before, after = plain.losses.get(backward), outcome.losses.get(backward)
        if before is not None and after is not None:
            changes.append(abs(after - before) / max(abs(before), 1e-12))
    return max(changes, default=None)


def _rank(tried: Tried) -> tuple[bool, bool, float]:
    """The lower, the better; of equals, the first in the order of the remedies is the best."""
    cure, _ = tried
    moved = cure.moved if cure.moved is not None else 0.0
    # What moves healthy steps by less than a rounding is as good as what does not.
    return not cure.finite, cure.hides, 0.0 if moved < 1e-4 else moved


def apply_best(tried: list[Tried]) -> str:
    """Write the best cure into the program's file; returns what was done, in words.

    Raises MidrunError "no-cure" if none cured, "edited" if the file has been edited meanwhile.
    """
    cured = [(cure, remedy) for cure, remedy in tried if cure.finite]
    if not cured:
        raise MidrunError(
            "none of the cures that were tried keeps the training finite, so nothing was written",
            slug="no-cure",
        )
    cure, remedy = cured[0]
    if _read(remedy.edit.path) != remedy.edit.before:
        raise MidrunError(
            f"{remedy.edit.path} was edited while the cures were tried; nothing was written",
            slug="edited",
        )
    with open(remedy.edit.path, "w", encoding="utf-8", newline="") as file:
        file.write(remedy.edit.after)
    hides = "; it hides the defect" if cure.hides else ""
    return f"{cure.title}: written to {os.path.relpath(remedy.edit.path)}{hides}"
