"""The scripts that a rehearsal is judged by are what they are said to be: twins that differ by a
mend, of which one has a fault at the marked line.

That a script with a crash fails there, and its twin does not, takes seconds: one is run, or all if
MIDRUN_ALL_CASES is set.
"""

from __future__ import annotations

import ast
import difflib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cases import CASES, FOLDER, MARK, Case, Sources

from midrun.rehearse.rules import RULES

MOST_CHANGED_LINES = 9
CRASHES = [case for case in CASES if case.crashes]
EACH = 1 if os.environ.get("MIDRUN_ALL_CASES") else 28

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
each_crash = pytest.mark.parametrize("case", CRASHES[::EACH], ids=lambda case: case.name)


def run_shortened(case: Case, sources: Sources, folder: Path) -> subprocess.CompletedProcess[str]:
    """What plain Python makes of the script, with its loops turned down."""
    for name, text in sources.items():
        for old, new in case.shorter.items():
            text = text.replace(old, new)
        (folder / name).write_text(text)
    return subprocess.run(
        [sys.executable, "-W", "ignore", "train.py", *case.arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=100,
    )


def changed_lines(before: str, after: str) -> int:
    """How many lines of `after` are new or, where more, how many of `before` are gone."""
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    return max(sum(line.startswith(sign) for line in lines) for sign in ("+ ", "- "))


def test_each_folder_is_a_case() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {case.name for case in CASES}
    assert len({case.name for case in CASES}) == len(CASES)


@each_case
def test_the_twins_parse(case: Case) -> None:
    for sources in (case.broken, case.mended):
        assert "train.py" in sources
        for text in sources.values():
            ast.parse(text)


@each_case
def test_the_fault_is_marked_and_known(case: Case) -> None:
    assert case.rule in RULES
    assert 1 <= len(case.faults) <= 4
    assert not any(MARK in text for text in case.mended.values())


@each_case
def test_the_twins_differ_by_a_few_lines(case: Case) -> None:
    broken, mended = case.broken, case.mended
    assert broken.keys() == mended.keys()
    changed = sum(changed_lines(broken[n].replace(MARK, ""), mended[n]) for n in broken)
    assert 1 <= changed <= MOST_CHANGED_LINES


@each_case
def test_what_makes_it_shorter_is_there(case: Case) -> None:
    text = "\n".join([*case.broken.values(), *case.mended.values()])
    assert not [old for old in case.shorter if old not in text]


@each_crash
def test_the_broken_one_fails_at_the_marked_line(case: Case, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    result = run_shortened(case, case.broken, tmp_path)
    assert result.returncode == 1
    frames = re.findall(r'^  File "(.+)", line (\d+)', result.stderr, re.MULTILINE)
    own = [(Path(file).name, int(line)) for file, line in frames if Path(file).parent == tmp_path]
    assert own[-1] in case.faults, result.stderr


@each_crash
def test_the_mended_one_gets_through(case: Case, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    result = run_shortened(case, case.mended, tmp_path)
    assert result.returncode == 0, result.stderr
