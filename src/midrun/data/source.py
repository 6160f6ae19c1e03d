"""What a reader of a format is given, and what it fills in: the layer between files and formats."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, BinaryIO

from midrun.data.finding import Finding

LARGEST_ITEM = 64 << 20  # bytes; what is larger is not read as a whole
BLOCK = 1 << 20  # bytes that are read at once: few enough to stay in a processor's cache


class DefectError(Exception):
    """A file can't be looked into further: the rule of `RULES`, and what was seen."""

    def __init__(self, rule: str, message: str, evidence: str = "") -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.evidence = evidence


@dataclass(slots=True)
class Looked:
    """What one look at one file gave.

    `format` is "" if none is known. `items` counts rows, pictures or samples. `traits` is what
    files of a format should have in common: mode, width and height of a picture, the columns of a
    table, type and shape of an array. `digest` is of the whole file, or of three pieces of a large
    one (`sampled`). `labels` counts the values of labels, `rows` has 8 bytes for each item, which
    are the same if the items are, and `thumb` is the picture made small, with width and height, and
    `likeness` the hash of that. `library` is the one
    that it takes to look into the file, where that is missing.
    """

    path: str
    format: str = ""
    size: int = 0
    digest: bytes = b""
    sampled: bool = False
    items: int = 0
    traits: tuple[object, ...] = ()
    labels: dict[int, int] | None = None
    rows: bytes = b""
    thumb: tuple[int, int, bytes] | None = None
    likeness: bytes = b""
    library: str = ""
    seconds: float = 0.0
    findings: list[Finding] = field(default_factory=list)

    def __reduce__(self) -> Any:
        """Without the path, which the other side knows: there are many of these."""
        return Looked, (
            "", self.format, self.size, self.digest, self.sampled, self.items, self.traits,
            self.labels, self.rows, None, self.likeness, self.library, self.seconds, self.findings,
        )  # fmt: skip


@dataclass(slots=True)
class Source:
    """One thing to read: a file, or a member of an archive, whose name is then in `member`."""

    path: str
    name: str
    size: int
    file: BinaryIO
    looked: Looked
    member: str = ""

    def found(self, rule: str, message: str, where: str = "", evidence: str = "") -> None:
        """Enter a defect."""
        if self.member:
            where = f"{self.member}, {where}" if where else self.member
        self.looked.findings.append(Finding(rule, self.path, message, where, evidence))
