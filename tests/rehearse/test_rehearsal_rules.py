"""Each kind of fault has a section in the docs."""

from __future__ import annotations

import re
from pathlib import Path

from midrun.rehearse.rules import RULES

DOCUMENT = Path(__file__).parents[2] / "docs" / "rehearse.md"


def test_each_rule_has_its_section_in_order() -> None:
    sections = re.findall(r"^### (MR\d+) (.+)$", DOCUMENT.read_text(), re.MULTILINE)
    assert sections == [(rule.code, rule.name) for rule in RULES.values()]


def test_codes_are_there_once_each() -> None:
    codes = [rule.code for rule in RULES.values()]
    assert codes == sorted(set(codes))
