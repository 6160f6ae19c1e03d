"""What a rehearsed process is asked for, and what it answers."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from typing import Any

from midrun.rehearse.accelerator import Device

ATTACH = "midrun.rehearse.inside:attach"


@dataclass
class Request:
    """`out` is the file that takes the answer. `inside` is what the world wants to be told in the
    process. `whole` are loops that are not to be cut, by file and line. `other_way` is the test
    that is to come out the other way than it does by itself, by file, line and column; `resumed`
    says that the program goes on right before it. `detour` is "save" or "load" where the first
    losses after a checkpoint are wanted."""

    out: str
    inside: str = ""
    whole: list[tuple[str, int]] = field(default_factory=list)
    other_way: tuple[str, int, int] | None = None
    resumed: bool = False
    detour: str = ""

    def write(self) -> str:
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def read(cls, text: str) -> Request:
        request = cls(**json.loads(text))
        request.whole = [(file, line) for file, line in request.whole]
        if request.other_way is not None:
            file, line, column = request.other_way
            request.other_way = file, line, column
        return request


@dataclass
class LoopSeen:
    """A loop that ran: `length` rounds when it ran last (None if that is not known), of which these
    were `visited`; what happened in them. To a loop of a library led the user's line `led_by`; it
    ran `inside` others, at these files and lines."""

    file: str
    line: int
    end: int
    function: str
    executions: int
    visited: list[int]
    length: int | None
    endless: bool
    cut: bool
    trains: bool
    evaluates: bool
    workers: int | None
    led_by: tuple[str, int] | None = None
    inside: list[tuple[str, int]] = field(default_factory=list)


@dataclass
class TestSeen:
    """A test that depends on what is computed, with how it came out, whether it was met when
    something had been `trained`, and the newest savepoint before it; "" if none could be taken: it
    is tried from the start of the script then."""

    file: str
    line: int
    column: int
    outcomes: list[bool]
    raises: bool
    trained: bool
    savepoint: str


@dataclass
class Crash:
    """An exception that ended the script, with the user's own frames, the innermost last: file,
    line, function. `raised` says that the user's code raised it with `raise`; `loops` are the loops
    under way, each with its round."""

    error: str
    frames: list[tuple[str, int, str]]
    traceback: str
    raised: bool
    loops: list[tuple[str, int, int]]


@dataclass(frozen=True)
class Save:
    """A file that torch.save has written, by the user's line; `checkpoint` says that it is
    there to go on from, `by_library` that a library has done it, which can load it as well."""

    path: str
    file: str
    line: int
    checkpoint: bool
    by_library: bool = False


@dataclass(frozen=True)
class LoadSeen:
    """A call of torch.load in the source. If it is `guarded`, by a condition on the arguments or on
    files that there are, `arguments` lead to it ("{}" is the path of the checkpoint)."""

    file: str
    line: int
    guarded: bool
    arguments: tuple[str, ...]


@dataclass
class Losses:
    """The first losses after a checkpoint was written or read; the components before the first of
    them, and which of these had changed by the last one; the checkpoint, and the user's line that
    wrote or read it."""

    losses: list[float] = field(default_factory=list)
    components: dict[str, str] = field(default_factory=dict)
    used: list[str] = field(default_factory=list)
    path: str = ""
    file: str = ""
    line: int = 0


@dataclass
class Answer:
    """What was seen. `amounts` are sums by what they were spent on, joined by newlines: really
    spent, and with what was left out, in the middle, at least and at most. Of a detour there are
    `losses`, and nothing else. `reads` is the data that the script opened,
    `device` the accelerator that it filled most."""

    loops: list[LoopSeen] = field(default_factory=list)
    tests: list[TestSeen] = field(default_factory=list)
    amounts: dict[str, tuple[float, float, float, float]] = field(default_factory=dict)
    faults: list[dict[str, Any]] = field(default_factory=list)
    never_ran: list[tuple[str, int, int]] = field(default_factory=list)
    saves: list[Save] = field(default_factory=list)
    loads: list[LoadSeen] = field(default_factory=list)
    crash: Crash | None = None
    losses: Losses | None = None
    reads: list[str] = field(default_factory=list)
    device: Device | None = None
    peak: int = 0
    peak_place: tuple[str, int] | None = None

    def write(self) -> str:
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def read(cls, text: str) -> Answer:
        found = json.loads(text)
        found["loops"] = [LoopSeen(**loop) for loop in found["loops"]]
        found["tests"] = [TestSeen(**test) for test in found["tests"]]
        found["saves"] = [Save(**save) for save in found["saves"]]
        found["loads"] = [LoadSeen(**load) for load in found["loads"]]
        found["crash"] = Crash(**found["crash"]) if found["crash"] else None
        found["device"] = Device(**found["device"]) if found["device"] else None
        found["losses"] = Losses(**found["losses"]) if found["losses"] else None
        return cls(**found)
