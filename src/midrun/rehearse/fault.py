"""What a rehearsal found, as data."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from midrun.rehearse.rules import RULES


@dataclass(frozen=True)
class Fault:
    """One fault: a rule of `RULES`, the line of the user's code that it is about, what was seen in
    a sentence, and the evidence for it in numbers."""

    rule: str
    file: str
    line: int
    message: str
    evidence: str = ""

    @property
    def code(self) -> str:
        return RULES[self.rule].code

    @property
    def severity(self) -> str:
        return RULES[self.rule].severity

    def as_dict(self) -> dict[str, Any]:
        """For `--json`, with what the rule says."""
        rule = RULES[self.rule]
        head = {"code": rule.code, "severity": rule.severity, "title": rule.title}
        return head | dataclasses.asdict(self) | {"mend": rule.mend}
