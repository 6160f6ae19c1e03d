"""A folder with one defect has a finding of that, and a clean one has none."""

from __future__ import annotations

import os

import pytest
from folders import CLEAN, DEFECTS, Case


@pytest.mark.parametrize("case", DEFECTS, ids=lambda case: case.name)
def test_a_defect_is_found_and_nothing_else(case: Case, folder, look):
    if missing := case.missing():
        pytest.skip(f"needs {missing[0]}")
    case.make(folder)
    found = {(finding.rule, finding.file) for finding in look(folder).findings}
    if case.name == "ring_of_links":
        assert found == {(case.rule, str(folder / name)) for name in "ab"}
    else:
        assert found == {(case.rule, os.path.join(folder, case.file))}


@pytest.mark.parametrize("case", CLEAN, ids=lambda case: case.name)
def test_a_clean_folder_has_no_finding(case: Case, folder, look):
    if missing := case.missing():
        pytest.skip(f"needs {missing[0]}")
    case.make(folder)
    report = look(folder)
    assert report.findings == []
    assert report.other == 0
    assert report.missing == []
