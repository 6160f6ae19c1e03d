"""Each cause has a code for good, and a section in the documentation."""

from __future__ import annotations

import re
from pathlib import Path

from midrun.numerics.causes import CAUSES

DOCS = Path(__file__).parent.parent.parent / "docs" / "nan.md"


def test_each_cause_has_a_section():
    sections = re.findall(r"^### (MR\d+) (\S+)$", DOCS.read_text(), re.MULTILINE)
    assert sections == [(cause.code, name) for name, cause in CAUSES.items()]


def test_links_to_causes_lead_there():
    anchors = {f"{cause.code}-{name}".lower() for name, cause in CAUSES.items()}
    assert set(re.findall(r"\]\(#(mr[^)]*)\)", DOCS.read_text())) <= anchors
