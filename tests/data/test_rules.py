"""Each rule has a code of its own, a section in the documentation, and a folder that shows it."""

from __future__ import annotations

import re
from pathlib import Path

from folders import DEFECTS

from midrun.data.rules import RULES

DOCUMENT = Path(__file__).parents[2] / "docs" / "data.md"
ELSEWHERE = {"no-permission", "vanished", "item-error"}  # not of a folder that can be made


def test_each_rule_has_a_section_and_each_section_a_rule():
    sections = re.findall(r"^### (MR\d+) (.+)$", DOCUMENT.read_text(), re.MULTILINE)
    assert sections == [(rule.code, rule.name) for rule in RULES.values()]


def test_warnings_are_documented_as_such():
    for part in DOCUMENT.read_text().split("\n### ")[1:]:
        name = part.split()[1]
        assert part.split("\n")[1].startswith("Warning. ") == (RULES[name].severity == "warning")


def test_the_files_to_leave_out_are_documented():
    [text] = re.findall(r"no use \(those with (.*?)\)", DOCUMENT.read_text().replace("\n", " "))
    assert text == "MR200 to MR202, MR204 to MR208, MR210, MR221 and MR222"
    spoils = [rule.code for rule in RULES.values() if rule.spoils]
    assert spoils == [
        "MR200", "MR201", "MR202", "MR204", "MR205", "MR206", "MR207", "MR208", "MR210", "MR221",
        "MR222",
    ]  # fmt: skip


def test_codes_are_not_used_twice():
    codes = [rule.code for rule in RULES.values()]
    assert len(set(codes)) == len(codes)


def test_each_rule_has_a_folder_that_shows_it():
    assert {case.rule for case in DEFECTS} | ELSEWHERE == set(RULES)
    assert len(DEFECTS) >= 30
