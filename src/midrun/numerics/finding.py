"""What `midrun why` found, as data: one object for people's eyes and for programs."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from midrun.numerics.causes import CAUSES
from midrun.numerics.places import Place


@dataclass
class Line:
    """A place in the program with its text. Columns count from 0, in characters; -1 is unknown."""

    file: str
    line: int
    function: str
    text: str
    column: int = -1
    end_column: int = -1
    end_line: int = -1

    @classmethod
    def of(cls, place: Place) -> Line:
        text = place.text
        column, end = place.column, place.end_column
        if column >= 0:
            data = text.encode()
            column = len(data[:column].decode(errors="replace"))
            if place.end_line == place.line:
                end = len(data[:end].decode(errors="replace"))
            else:
                end = len(text)
        return cls(place.file, place.line, place.function, text, column, end, place.end_line)


@dataclass
class Row:
    """A step of the history: the loss, and for each component the L2 norm of its gradient and the
    largest absolute value that came out of it; "inputs" and "outputs" are the model's. None is not
    known."""

    backward: int
    loss: float | None
    gradients: dict[str, float] = field(default_factory=dict)
    largest: dict[str, float] = field(default_factory=dict)


@dataclass
class Cure:
    """A change that was tried: `diff` is what it changes, `finite` whether the training stayed
    finite for `steps` backward passes beyond the bad one, `hides` whether it only hides the
    defect. `moved` is by how much, relative to itself, it changes the loss of a healthy step."""

    kind: str
    title: str
    diff: str
    finite: bool = False
    steps: int = 0
    hides: bool = False
    loss: float | None = None
    gradient: float | None = None
    slower: float | None = None
    moved: float | None = None
    note: str = ""


@dataclass
class Finding:
    """Where a NaN comes from, and why.

    `sample` is the row of the batch that it came up in first, -1 if that is not known, and `item`
    what that is in the data set of the loader, where that can be told; `step` counts steps of
    optimizers, `backward` backward passes, both from the start of the run. `harm` says what became
    bad of it, and `way` how it got there; `lr` is the learning rate, and `step_line` where the
    optimizer takes its steps.
    """

    cause: str
    reason: str
    phase: str
    operation: str
    line: Line | None
    module: str = ""
    step: int = 0
    backward: int = 0
    epoch: int = -1
    index: list[int] = field(default_factory=list)
    sample: int = -1
    item: int | str | None = None
    harm: str = ""
    lr: float | None = None
    step_line: Line | None = None
    operands: list[str] = field(default_factory=list)
    way: list[str] = field(default_factory=list)
    also: list[Line] = field(default_factory=list)
    history: list[Row] = field(default_factory=list)
    cures: list[Cure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def code(self) -> str:
        return CAUSES[self.cause].code

    def as_dict(self) -> dict[str, Any]:
        """For `--json`: `file` and `line` are at the top."""
        found = dataclasses.asdict(self)
        line = found.pop("line")
        place = line or {"file": None, "line": None}
        found = {"code": self.code, "title": CAUSES[self.cause].title, **found}
        found |= {"file": place["file"], "line": place["line"], "source": line}
        return found

    @classmethod
    def read(cls, found: dict[str, Any]) -> Finding:
        """From what `dataclasses.asdict` gave."""
        values = dict(found)
        values["line"] = Line(**values["line"]) if values["line"] else None
        values["step_line"] = Line(**values["step_line"]) if values["step_line"] else None
        values["also"] = [Line(**line) for line in values["also"]]
        values["history"] = [Row(**row) for row in values["history"]]
        values["cures"] = [Cure(**cure) for cure in values["cures"]]
        return cls(**values)
