"""Training scripts with one defect each, which must be named: the line, the cause, the phase. And
healthy ones with infinities and NaN that do no harm, which must raise no alarm.

Half a second each: every twelfth is taken, unless MIDRUN_ALL_CASES is set (`scripts/nan-cases`).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from watched import Blame, Watched

FOLDER = Path(__file__).parent
DEFECTS = sorted([*(FOLDER / "cases").glob("*.py"), *(FOLDER / "decoys").glob("*.py")])
CONTROLS = sorted((FOLDER / "controls").glob("*.py"))
EACH = 1 if os.environ.get("MIDRUN_ALL_CASES") else 12
pytest.importorskip("torch")


@pytest.fixture(scope="module")
def watched():
    server = Watched()
    yield server
    server.close()


@pytest.mark.parametrize("script", DEFECTS[::EACH], ids=lambda path: path.stem)
def test_the_line_the_cause_and_the_phase_are_named(script, watched):
    found = watched.run(script)
    assert found is not None, "nothing was found"
    assert Blame(found["line"]["line"], found["cause"], found["phase"]) == Blame.of(script)


@pytest.mark.parametrize("script", CONTROLS[::EACH], ids=lambda path: path.stem)
def test_what_is_harmless_raises_no_alarm(script, watched):
    assert watched.run(script) is None
