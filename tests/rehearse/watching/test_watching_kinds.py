"""Scripts with faults, which must be named with their lines, and healthy ones that look alike, in
which nothing must be found. A line ends with `# FAULT rule...`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from watched_scripts import Watched

from midrun.rehearse.watching.kinds import KINDS

FOLDER = Path(__file__).parent
SCRIPTS = sorted([*(FOLDER / "cases").glob("*.py"), *(FOLDER / "decoys").glob("*.py")])
pytest.importorskip("torch")


@pytest.fixture(scope="module")
def watched() -> Iterator[Watched]:
    server = Watched()
    yield server
    server.close()


def marked(script: Path) -> set[tuple[int, str]]:
    lines = enumerate(script.read_text().splitlines(), 1)
    marks = ((line, re.search("# FAULT (.*)", text)) for line, text in lines)
    return {(line, rule) for line, mark in marks if mark for rule in mark[1].split()}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_its_faults_are_found_and_no_others(script: Path, watched: Watched) -> None:
    found = watched.run(script)
    assert found["error"] == ""
    assert found["failures"] == []
    assert {(fault["line"], fault["rule"]) for fault in found["faults"]} == marked(script)


def test_there_is_a_case_for_each_kind() -> None:
    marks = {rule for script in SCRIPTS for _, rule in marked(script)}
    assert len(marks) == 15
    assert len(KINDS) == 13  # two of which find two
