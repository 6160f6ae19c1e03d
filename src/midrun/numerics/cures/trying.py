"""Trying remedies as branches of a run, several side by side, and telling which is best."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from midrun.errors import MidrunError
from midrun.numerics.branches import Start, ask_branch
from midrun.numerics.cures.branch import LEAST, Outcome, Trial
from midrun.numerics.cures.remedies import Remedy, remedies
from midrun.numerics.finding import Cure, Finding

_ATTACH = "midrun.numerics.cures.branch:attach"
_HEALTHY = 3  # steps before the bad one that are compared
_MOST = 8  # remedies that are tried


@dataclass(frozen=True)
class Tried:
    """A remedy, and how the branch with it went; None if it gave no answer."""

    remedy: Remedy | None
    outcome: Outcome | None


def try_cures(start: Start, found: Finding) -> list[tuple[Cure, Remedy]]:
    """Run each remedy from `start`, and return the cures, the best first."""
    proposed = remedies(found, _read)[:_MOST]
    if not proposed:
        return []
    todo: list[Remedy | None] = [None, *proposed]
    with ThreadPoolExecutor(max(1, (os.cpu_count() or 2) // 2)) as pool:
        tried = list(pool.map(lambda remedy: _try(start, found, remedy), todo))
    plain, *rest = tried
    cures = [(_judge(found, plain.outcome, t), t.remedy) for t in rest if t.remedy is not None]
    return sorted(cures, key=lambda pair: _rank(pair[0]))


def _read(path: str) -> str:
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def _try(start: Start, found: Finding, remedy: Remedy | None) -> Tried:
    overlay = {remedy.edit.path: remedy.edit.after} if remedy is not None else {}

    def request(out: str, scratch: str) -> str:
        return Trial(found.backward, out, scratch, overlay).write()

    text, _ = ask_branch(start, _ATTACH, request)
    return Tried(remedy, Outcome.read(text) if text is not None else None)


def _judge(found: Finding, plain: Outcome | None, tried: Tried) -> Cure:
    remedy, outcome = tried.remedy, tried.outcome
    assert remedy is not None
    cure = Cure(remedy.kind, remedy.title, remedy.edit.diff, hides=remedy.hides)
    if outcome is None:
        cure.note = "could not be run"
        return cure
    cure.steps = max(0, outcome.reached - found.backward)
    cure.finite = outcome.finite and cure.steps > 0
    losses = [loss for loss in outcome.losses.values() if loss is not None]
    cure.loss = losses[-1] if losses else None
    cure.gradient = outcome.gradient if outcome.gradient >= 0 else None
    if plain is not None:
        cure.slower = outcome.seconds / plain.seconds if plain.seconds else None
        cure.moved = _moved(found, plain, outcome)
    if cure.finite and cure.steps < LEAST:
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


def _rank(cure: Cure) -> tuple[bool, bool, float, float]:
    moved = cure.moved if cure.moved is not None else 0.0
    # What moves healthy steps by less than a rounding is as good as what does not.
    return (not cure.finite, cure.hides, 0.0 if moved < 1e-4 else moved, cure.loss or 0.0)


def apply_best(tried: list[tuple[Cure, Remedy]]) -> str:
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
