"""Runs a program uninterrupted, resumes it from points spread over the run, and compares."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from midrun.run.spec import Spec, command
from midrun.run.watch import is_point
from midrun.verify.mask import Mask, Outcome

At = tuple[int, int]  # where to save: the count of a check, and lines to run after it
_LINES = (0, 0, 0, 1, 2, 5)
_PAUSE, _SHORT = 1.5, 3.0  # seconds
_PATIENCE, _START = 10, 120.0  # times as long as the uninterrupted run; seconds


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
        self._longest: float | None = None  # seconds after which a run is given up

    def run(self, on_point: Callable[[Point], None] = lambda point: None) -> Report:
        """Do it all; `on_point` is told of each point as it is done."""
        try:
            return self._run(on_point)
        finally:
            if not self._keep:
                shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, on_point: Callable[[Point], None]) -> Report:
        first = self._uninterrupted()
        self._longest = _PATIENCE * first.seconds + _START
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
        for number, (savepoint, manifest) in enumerate(self._savepoints().items(), 1):
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
        known: dict[Path, dict[str, Any]] = {}
        for number, at in enumerate(points, 1):
            cwd = self._cwd()
            stopped = self._start(replace(self._spec, points=[at]), self._arguments, cwd, True)
            there = self._savepoints()
            fresh = [saved for saved in there.items() if saved[0] not in known]
            known = there
            if not fresh:
                faults = mask.compare(first, stopped, b"")
                point = Point(number, "none: no place after it could be saved", "", 0, 0, faults)
            else:
                savepoint, manifest = fresh[0]
                point = _point(number, savepoint, manifest)
                outcome = self._resume(savepoint, cwd)
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
            process = subprocess.Popen(
                argv, env=environment, cwd=cwd, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                process_group=0,
            )  # fmt: skip
            try:
                code = process.wait(self._longest)
            except subprocess.TimeoutExpired as late:
                code = -signal.SIGKILL
                err.write(b"\nit had not ended after %d s" % late.timeout)
            finally:
                _end(process)
        seconds = time.monotonic() - began
        final = folder / "final.json"
        state = json.loads(final.read_text()) if final.exists() else {}
        output = (folder / "out").read_bytes(), (folder / "err").read_bytes()
        return Outcome(code, *output, state, seconds, **state.pop("counts", {}))

    def _hash_seed(self) -> str:
        return self._spec.hash_seed or str(self._seed % (1 << 32) or 1)

    def _savepoints(self) -> dict[Path, dict[str, Any]]:
        """The folders of the points' savepoints, and their manifests."""
        found = (self._folder / "store" / "runs").glob("*/savepoints/*/manifest.json")
        folders = sorted((p.parent for p in found if p.parent.name.isdigit()), key=_order)
        manifests = {p: json.loads((p / "manifest.json").read_text()) for p in folders}
        return {p: manifest for p, manifest in manifests.items() if is_point(manifest["reason"])}


def _point(number: int, savepoint: Path, manifest: dict[str, Any]) -> Point:
    position = manifest["position"]
    place = f"{os.path.basename(position['file'])}:{position['line']} in {position['function']}"
    size = manifest["bytes_total"] / (1 << 20)
    notes = sum(note["kind"] == "missing" for note in manifest["notes"])
    return Point(number, place, savepoint.name, size, manifest["stall"], [], notes)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what is left of a run: itself, and the worker processes of one that was stopped, which
    wait for it for ever."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _order(path: Path) -> tuple[str, int]:
    return path.parent.parent.name, int(path.name)
