"""Scripts that nobody who wrote the rehearsal has written: the fault of each is found, and none in
its mended twin. A few are taken, or all if MIDRUN_ALL_CASES is set (see scripts/rehearse-cases)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import rehearsing
from cases import CASES, Case, Sources

pytest.importorskip("torch")
EACH = 1 if os.environ.get("MIDRUN_ALL_CASES") else 57
# Found elsewhere than the case says, or not at all; see docs/rehearse.md for what is not done.
KNOWN: dict[str, str] = {}
each_case = pytest.mark.parametrize("case", CASES[::EACH], ids=lambda case: case.name)


def rehearse(sources: Sources, case: Case, folder: Path) -> dict[str, Any]:
    """The report on a script."""
    for name, text in sources.items():
        (folder / name).write_text(text)
    report, _ = rehearsing.rehearse(folder, "train.py", *case.arguments)
    return report


@each_case
def test_the_fault_is_found(case: Case, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if case.name in KNOWN:
        request.applymarker(pytest.mark.xfail(reason=KNOWN[case.name], strict=False))
    report = rehearse(case.broken, case, tmp_path)
    found = {(f["rule"], Path(f["file"]).name, f["line"]) for f in report["faults"]}
    rules = {case.rule, "crash"} if case.crashes else {case.rule}
    assert found & {(rule, *place) for rule in rules for place in case.faults}, found


@each_case
def test_there_is_none_in_its_twin(case: Case, tmp_path: Path) -> None:
    report = rehearse(case.mended, case, tmp_path)
    faults = [fault for fault in report["faults"] if fault["severity"] == "fault"]
    assert not faults
