"""Runs a program uninterrupted, resumes it from points spread over the run, and compares."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from midrun.run.spec import Spec, command

At = tuple[int, int]  # where to save: the count of a check, and lines to run after it
_LINES = (0, 0, 0, 1, 2, 5)
_PAUSE, _SHORT = 1.5, 3.0  # seconds
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


@dataclass
class Point:
    """One resume. `faults` are the differences, in words; empty if all agreed. `miscounted` are
    the blocks that were passed another number of times; hooks that Python calls when it likes
    (`__del__`, `__subclasshook__`) may be."""

    number: int
    place: str
    savepoint: str
    mebibytes: float
    stall: float
    faults: list[str] = field(default_factory=list)
    notes: int = 0
    miscounted: list[str] = field(default_factory=list)


@dataclass
class Report:
    """All of it. `undetermined` says where two uninterrupted runs differ, if they do; `ignored` is
    the number of words of the output that differ between them (times, for the most part); `missed`
    is the number of points after which the script ended before any place that can be saved at;
    `code` is the exit code of the script, `last` the last line of its errors if that is not 0."""

    seed: int
    seconds: float
    points: list[Point] = field(default_factory=list)
    undetermined: str = ""
    ignored: int = 0
    missed: int = 0
    failed: str = ""
    code: int = 0
    last: str = ""

    @property
    def agreed(self) -> bool:
        return not self.undetermined and not self.failed and not any(p.faults for p in self.points)


class Verifier:
    """Runs `spec` with `arguments`. `stop` ends the program at each point and resumes it there,
    once for each point, for programs that read what they wrote; `cwd` is where it runs."""

    def __init__(
        self,
        spec: Spec,
        arguments: list[str],
        *,
        points: int,
        seed: int,
        stop: bool,
        cwd: Callable[[], Path] | None = None,
        keep: bool = False,
    ) -> None:
        self._spec = spec
        self._arguments = arguments
        self._count = points
        self._seed = seed
        self._stop = stop
        self._cwd = cwd or Path.cwd
        self._keep = keep
        self._folder = Path(tempfile.mkdtemp(prefix="midrun-verify-"))
        self._runs = 0

    def run(self, on_point: Callable[[Point], None] = lambda point: None) -> Report:
        """Do it all; `on_point` is told of each point as it is done."""
        try:
            return self._run(on_point)
        finally:
            if not self._keep:
                shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, on_point: Callable[[Point], None]) -> Report:
        first = self._uninterrupted()
        report = Report(self._seed, first.seconds, code=first.code)
        report.last = first.last_error if first.code else ""
        if first.checks == 0:
            report.failed = "the script ended before any place that can be saved at"
            return report
        chooser = random.Random(self._seed)
        count = min(self._count, first.checks)
        counts = sorted(chooser.sample(range(1, first.checks + 1), count))
        points = [(count, chooser.choice(_LINES)) for count in counts]
        if self._stop:
            self._each_stopped(first, points, report, on_point)
        else:
            self._from_one_run(first, points, report, on_point)
        return report

    def _from_one_run(
        self, first: Outcome, points: list[At], report: Report, on_point: Callable[[Point], None]
    ) -> None:
        cwd = self._cwd()
        # Times in whole seconds may be the same in two runs, and never are in a resumed one.
        pause = _PAUSE if first.seconds > _SHORT else 0.0
        spec = replace(self._spec, points=points, pause=pause)
        second = self._start(spec, self._arguments, cwd)
        mask = Mask(first, second)
        report.undetermined, report.ignored = mask.undetermined, mask.ignored
        if report.undetermined:
            third = self._uninterrupted()
            if not Mask(first, third).undetermined:
                report.undetermined = ""
                report.failed = f"taking savepoints changes the program: {mask.undetermined}"
            return
        for number, savepoint in enumerate(self._savepoints(), 1):
            manifest = json.loads((savepoint / "manifest.json").read_text())
            outcome = self._resume(savepoint, cwd)
            point = _point(number, savepoint, manifest)
            before = second.out[: manifest["output"]["stdout"]]
            point.faults = mask.compare(first, outcome, before)
            point.miscounted = mask.miscounted(first, outcome)
            report.points.append(point)
            on_point(point)
        report.missed = len(points) - len(report.points)
        if not report.points:
            report.failed = "the script ended before any place that can be saved at"

    def _each_stopped(
        self, first: Outcome, points: list[At], report: Report, on_point: Callable[[Point], None]
    ) -> None:
        mask = Mask(first, self._again(first))
        report.undetermined, report.ignored = mask.undetermined, mask.ignored
        if report.undetermined:
            return
        for number, at in enumerate(points, 1):
            cwd = self._cwd()
            known = set(self._savepoints())
            stopped = self._start(replace(self._spec, points=[at]), self._arguments, cwd, True)
            fresh = [s for s in self._savepoints() if s not in known]
            if not fresh:
                faults = mask.compare(first, stopped, b"")
                point = Point(number, "none: no place after it could be saved", "", 0, 0, faults)
            else:
                manifest = json.loads((fresh[0] / "manifest.json").read_text())
                point = _point(number, fresh[0], manifest)
                outcome = self._resume(fresh[0], cwd)
                point.faults = mask.compare(first, outcome, stopped.out)
                point.miscounted = mask.miscounted(first, outcome)
            report.points.append(point)
            on_point(point)

    def _uninterrupted(self) -> Outcome:
        return self._start(self._spec, self._arguments, self._cwd())

    def _again(self, first: Outcome) -> Outcome:
        """A second uninterrupted run, to see what differs by itself."""
        return self._uninterrupted()

    def _resume(self, savepoint: Path, cwd: Path) -> Outcome:
        run, number = savepoint.parent.parent.name, savepoint.name
        spec = Spec(store=self._spec.store, savepoint=f"{run}:{number}", trust=True)
        return self._start(spec, [], cwd)

    def _start(self, spec: Spec, arguments: list[str], cwd: Path, stop: bool = False) -> Outcome:
        self._runs += 1
        folder = self._folder / str(self._runs)
        folder.mkdir()
        spec = replace(spec, store=str(self._folder / "store"), verify=str(folder), budget=0.0)
        spec = replace(spec, seed=self._seed, quiet=True, stop=stop, hash_seed=self._hash_seed())
        argv, environment = command(spec, arguments)
        began = time.monotonic()
        with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
            code = subprocess.run(
                argv, env=environment, cwd=cwd, stdin=subprocess.DEVNULL, stdout=out, stderr=err
            ).returncode
        seconds = time.monotonic() - began
        final = folder / "final.json"
        state = json.loads(final.read_text()) if final.exists() else {}
        output = (folder / "out").read_bytes(), (folder / "err").read_bytes()
        return Outcome(code, *output, state, seconds, **state.pop("counts", {}))

    def _hash_seed(self) -> str:
        return self._spec.hash_seed or str(self._seed % (1 << 32) or 1)

    def _savepoints(self) -> list[Path]:
        found = (self._folder / "store" / "runs").glob("*/savepoints/*/manifest.json")
        return sorted((p.parent for p in found if p.parent.name.isdigit()), key=_order)


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


def _point(number: int, savepoint: Path, manifest: dict[str, Any]) -> Point:
    position = manifest["position"]
    place = f"{os.path.basename(position['file'])}:{position['line']} in {position['function']}"
    size = manifest["bytes_total"] / (1 << 20)
    notes = sum(note["kind"] == "missing" for note in manifest["notes"])
    return Point(number, place, savepoint.name, size, manifest["stall"], [], notes)


def _order(path: Path) -> tuple[str, int]:
    return path.parent.parent.name, int(path.name)
