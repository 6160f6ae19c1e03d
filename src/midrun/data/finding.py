"""What `midrun data` found, as data: for people's eyes and for programs."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from midrun.data.rules import RULES


def printable(text: str) -> str:
    """A path or text that can be printed: bytes that are not UTF-8, which Python has as surrogates
    (PEP 383), and control characters are escaped."""
    return text if text.isprintable() else "".join(map(_escaped, text))


def _escaped(character: str) -> str:
    if character.isprintable():
        return character
    byte = ord(character) - 0xDC00
    return f"\\x{byte:02x}" if 0x80 <= byte <= 0xFF else ascii(character)[1:-1]


@dataclass(frozen=True)
class Finding:
    """One defect: a rule of `RULES`, the file and the place in it ("row 17", "item 4", a key), what
    was seen, the evidence for it, and the other files that it is about."""

    rule: str
    file: str
    message: str
    where: str = ""
    evidence: str = ""
    others: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        return RULES[self.rule].code

    @property
    def severity(self) -> str:
        return RULES[self.rule].severity

    def as_dict(self) -> dict[str, Any]:
        """For `--json`, with what the rule says."""
        rule = RULES[self.rule]
        found = dataclasses.asdict(self) | {
            "file": printable(self.file),
            "others": [printable(file) for file in self.others],
        }
        head = {"code": rule.code, "severity": rule.severity, "title": rule.title}
        return head | found | {"mend": rule.mend}


@dataclass
class Split:
    """A part of the data, such as train or val; "" where the data is in one part.

    `items` counts rows, pictures and samples. `seconds` is the time that one process needs to read
    it all once, as measured here.
    """

    name: str
    files: int = 0
    bytes: int = 0
    items: int = 0
    seconds: float = 0.0
    classes: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Missing:
    """A library that is not installed here, and how many files were not looked into for that."""

    library: str
    command: str
    files: int


@dataclass
class Report:
    """What was looked at, and what was found. `other` counts files of no known format, which are
    only compared as a whole, `unread` those that were left for lack of time; `hidden` names folders
    that were left out; `notes` say what was not looked for, and why. `wall` is the time that it all
    took, with `workers` processes. `bad_items` are the numbers of items of a Dataset that are of no
    use, after the name of their part."""

    paths: list[str]
    findings: list[Finding] = field(default_factory=list)
    splits: list[Split] = field(default_factory=list)
    formats: dict[str, int] = field(default_factory=dict)
    files: int = 0
    bytes: int = 0
    other: int = 0
    unread: int = 0
    hidden: list[str] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    workers: int = 0
    wall: float = 0.0
    bad_items: list[str] = field(default_factory=list)

    @property
    def faults(self) -> int:
        return sum(finding.severity == "fault" for finding in self.findings)

    def bad_files(self) -> list[str]:
        """The files that are of no use as they are, each once, in order."""
        bad = {found.file for found in self.findings if RULES[found.rule].spoils and found.file}
        return sorted(bad)

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        found = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        found |= {
            "findings": [finding.as_dict() for finding in self.findings],
            "faults": self.faults,
            "hidden": [printable(path) for path in self.hidden],
        }
        return found
