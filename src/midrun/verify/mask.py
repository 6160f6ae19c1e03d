"""What differs between two runs of a program, and what that says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# A duration is one word ("1h 2m 3s", "00: 01: 05"): a resumed run takes longer, so that its minutes
# are others, too, though only the seconds of uninterrupted runs are.
_UNIT = rb" ?(?:d|h|m|days?|hrs?|hours?|mins?|minutes?)[,:]? ?"
_DURATION = rb"\d+(?:" + _UNIT + rb"\d[\d.:]*)+|\d+(?:: \d\d){2}"
_NUMBER = re.compile(rb"[^\w\s]*(?:" + _DURATION + rb")|[-+]?\d[\d_:.,eE+\-]*|\S+")
_DIGITS = re.compile(rb"[-+]?[\d.]+")


@dataclass
class Outcome:
    """One finished process: its exit code, output, the digest of its final state, how many checks
    it made, and how often it passed each block."""

    code: int
    out: bytes
    err: bytes
    state: dict[str, dict[str, str]]
    seconds: float
    checks: int = 0
    passes: dict[str, int | None] = field(default_factory=dict)

    @property
    def last_error(self) -> str:
        """The last line on its stderr, cut to a length that fits into a message."""
        return "".join(self.err.decode(errors="replace").strip().splitlines()[-1:])[:200]


class Mask:
    """What differs between two uninterrupted runs, and so says nothing about a resumed one."""

    def __init__(self, first: Outcome, second: Outcome) -> None:
        self.undetermined = ""
        self.ignored = 0
        lines = _differing_words(first.out, second.out)
        self._words: dict[bytes, set[int]] = {}  # by the shape of the line: a time may agree once
        for number, words in (lines or {}).items():
            shape = _shape(first.out.splitlines()[number - 1])
            self._words.setdefault(shape, set()).update(words)
        self._recounted = _differing(first.passes, second.passes)
        self._variables = {
            (scope, name)
            for scope in {*first.state, *second.state}
            for name in {*first.state.get(scope, {}), *second.state.get(scope, {})}
            if first.state.get(scope, {}).get(name) != second.state.get(scope, {}).get(name)
        }
        if first.code != second.code:
            self.undetermined = f"exit code {first.code} and {second.code}"
        elif lines is None:
            line = _first_difference(first.out, second.out)
            self.undetermined = f"two uninterrupted runs differ first at line {line} of the output"
        else:
            self.ignored = sum(map(len, lines.values()))
            if ("random", "torch") in self._variables:
                line = _first_difference(first.out, second.out)
                where = f"; the output differs first at line {line}" if line else ""
                self.undetermined = f"two uninterrupted runs draw other random numbers{where}"

    def compare(self, first: Outcome, resumed: Outcome, before: bytes) -> list[str]:
        """The differences of a resumed run, whose output follows on `before`."""
        faults = []
        if resumed.code != first.code:
            faults.append(f"exit code {resumed.code}, not {first.code}: {resumed.last_error}")
        out = before + resumed.out
        words = _differing_words(first.out, out)
        lines, others = first.out.splitlines(), out.splitlines()
        if words is None:
            line = _first_difference(first.out, out)
            faults.append(f"the output differs first at line {line}")
        else:
            for line in sorted(words):
                wrong_words = words[line] - self._words.get(_shape(lines[line - 1]), set())
                if wrong_words:
                    told = _told(lines[line - 1], others[line - 1], min(wrong_words))
                    faults.append(f"the output differs first at line {line}: {told}")
                    break
        wrong = [
            f"{name}" if scope == "module" else f"{scope}: {name}"
            for scope in first.state
            for name, value in first.state[scope].items()
            if (scope, name) not in self._variables
            and resumed.state.get(scope, {}).get(name) != value
        ]
        if wrong and not (resumed.code != first.code and not resumed.state):
            faults.append(f"the final state differs in {', '.join(wrong[:5])}")
        return faults

    def miscounted(self, first: Outcome, resumed: Outcome) -> list[str]:
        """The blocks that a resumed run passed another number of times."""
        return sorted(_differing(first.passes, resumed.passes) - self._recounted)


def _differing(one: dict[str, int | None], other: dict[str, int | None]) -> set[str]:
    return {key for key, passes in one.items() if other.get(key) != passes}


def _differing_words(one: bytes, other: bytes) -> dict[int, set[int]] | None:
    """The words that differ, by line number; None if the lines do not correspond."""
    found: dict[int, set[int]] = {}
    lines, others = one.splitlines(), other.splitlines()
    if len(lines) != len(others):
        return None
    for number, (line, another) in enumerate(zip(lines, others, strict=True), 1):
        if line == another:
            continue
        words, rest = _NUMBER.findall(line), _NUMBER.findall(another)
        if len(words) != len(rest):
            return None
        found[number] = {k for k, (a, b) in enumerate(zip(words, rest, strict=True)) if a != b}
    return found


def _told(line: bytes, other: bytes, word: int) -> str:
    """The word in which two lines differ first, in words."""
    one, another = (_NUMBER.findall(text)[word].decode(errors="replace") for text in (line, other))
    return f"{another[:30]}, not {one[:30]}"


def _shape(line: bytes) -> bytes:
    return _DIGITS.sub(b"0", line)


def _first_difference(one: bytes, other: bytes) -> int:
    lines, others = one.splitlines(), other.splitlines()
    for number, (line, another) in enumerate(zip(lines, others, strict=False), 1):
        if line != another:
            return number
    return 0 if len(lines) == len(others) else min(len(lines), len(others)) + 1
