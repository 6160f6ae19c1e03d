"""What a checkpoint path writes is read back: the script is stopped a few steps after its first
checkpoint and resumed from it, by its own code; the losses that follow have to be the same."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

from midrun.rehearse.detour import forgotten
from midrun.rehearse.fault import Fault
from midrun.rehearse.request import Answer, Crash, Losses, Save

# Runs the script for the detour of a kind, with arguments more.
Run = Callable[[str, list[str]], Answer]
_SAME = 1e-4  # relative difference of losses that sums in another order can make


def check(answer: Answer, run: Run) -> list[Fault]:
    """The faults of the way from a checkpoint back into the training."""
    saves = [save for save in answer.saves if save.checkpoint]
    if not saves:
        return []
    if not answer.loads:
        return [_never_loaded(save) for save in saves if not save.by_library][:1]
    loading = next((load for load in answer.loads if load.guarded), None)
    if loading is None:
        return []
    before = run("save", []).losses
    if before is None or not before.losses:
        return []
    arguments = [before.path if part == "{}" else part for part in loading.arguments]
    answer = run("load", arguments)
    if answer.losses is not None and answer.losses.losses:
        return _compared(before, answer.losses)
    crash = answer.crash
    if crash is not None and crash.frames and not crash.raised:
        return [_unreadable(crash, before)]
    return []


def _never_loaded(save: Save) -> Fault:
    return Fault(
        "never-loaded", save.file, save.line,
        f"{Path(save.path).name} holds what it takes to go on from it, and no code here loads it",
    )  # fmt: skip


def _unreadable(crash: Crash, before: Losses) -> Fault:
    file, line, _ = crash.frames[-1]
    return Fault(
        "unreadable-checkpoint", file, line,
        f"resuming from {Path(before.path).name} fails: {crash.error}",
        f"it was written in line {before.line}",
    )  # fmt: skip


def _compared(before: Losses, after: Losses) -> list[Fault]:
    pairs = list(zip(before.losses, after.losses, strict=False))
    if all(math.isclose(one, other, rel_tol=_SAME) for one, other in pairs):
        return []
    missing = forgotten(before, after)
    what = f"forgotten: {', '.join(missing)}" if missing else "what differs was not found"
    return [Fault(
        "forgotten-state", before.file, before.line,
        f"resumed from {Path(before.path).name}, the losses are {_listed(after.losses)}; without "
        f"the stop they are {_listed(before.losses)}",
        f"{what}; it is loaded in line {after.line}",
    )]  # fmt: skip


def _listed(losses: list[float]) -> str:
    return ", ".join(f"{loss:.4g}" for loss in losses)
