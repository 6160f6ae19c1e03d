"""Positions of a recorded run as users name them, and the savepoint before each."""

from __future__ import annotations

import ast
import difflib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from midrun.branch.process import Start
from midrun.errors import MidrunError
from midrun.run.stale import back_from, read_source
from midrun.source.book import checks
from midrun.source.carried import Place, Spot, carried, loop_around, spot_at
from midrun.source.module import Source
from midrun.store import Run, Savepoint, Store, StoreError

KEPT = "kept"
"""The status of a run that is no more than a savepoint, made at a position of another one."""

_CRASH = re.compile(r"crash(-\d+)?")
_POSITION = re.compile(r"(.+):(\d+)(?:#(-?\d+))?")


@dataclass(frozen=True)
class Position:
    """`line` of `file`, at the `count`-th time that the check at `block` is passed, or the next
    time after it that the line is reached.

    `block` is the head of the block that the line is in; where that has no check, it is the line
    itself, which is counted from the first time that `gate`, the check before it, is passed.
    """

    file: str
    line: int
    block: Place
    count: int
    gate: Place | None

    def __str__(self) -> str:
        return f"{os.path.relpath(self.file)}:{self.line}#{self.count}"


@dataclass(frozen=True)
class Found:
    """A position, and where to start for it; `exact` is false if the passes that came before are
    not known, so that all has to be run again to count them."""

    position: Position
    start: Start
    exact: bool = True


class Past:
    """What is known of the past of `run`, and of the runs that it continues."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._end = run.end
        savepoints = run.savepoints()
        newest = savepoints[-1] if savepoints else _parent(run)
        self.savepoints: list[Savepoint] = list(back_from(newest)) if newest is not None else []
        manifest = newest.manifest if newest is not None else {}
        self.files: dict[str, str] = {**manifest.get("sources", {}), **self._end.get("sources", {})}
        if not self.files:
            self.files = {run.info["script"]: ""}

    @property
    def first(self) -> Run:
        """The run that began with the start of the script."""
        return self.savepoints[-1].run if self.savepoints else self.run

    @property
    def seconds(self) -> float:
        """How long the run worked, those that it continues included, as far as that is known."""
        known = [float(s.manifest["elapsed"]) for s in self.savepoints[:1]]
        return max([float(self.run.info.get("elapsed", 0.0)), *known])

    def find(self, text: str, *, step: int | None = None) -> Position:
        """The position that the user calls `text`: FILE:LINE, FILE:LINE#N (from the end if N is
        negative), crash, or crash-N for the Nth round before. `step` counts the rounds of the loop
        around the line instead.

        Raises MidrunError "bad-position" or "no-crash".
        """
        crash = _CRASH.fullmatch(text)
        if crash:
            return self._crash(-int(crash[1] or 0))
        match = _POSITION.fullmatch(text)
        if not match or match[3] == "0":
            raise MidrunError(
                f"{text}: this is no position; write FILE:LINE, FILE:LINE#N for the Nth time, or "
                "crash",
                slug="bad-position",
            )
        file = self._file(match[1], text)
        source = _source(file)
        try:
            spot = spot_at(source, int(match[2]), checks(source))
        except LookupError:
            last = source.text.count("\n") + 1
            raise MidrunError(
                f"{text}: no statement begins at or after line {match[2]} of {match[1]}, which has "
                f"{last} lines",
                slug="bad-position",
            ) from None
        count, block = int(match[3] or 1), spot.block
        if step is not None:
            count, block = step, loop_around(source, spot.place[0], checks(source))
            if block is None:
                raise MidrunError(
                    f"{text} is in no loop whose rounds are counted; write {match[1]}:{match[2]}#N "
                    "for the Nth time that the line is reached",
                    slug="bad-position",
                )
        if count < 0:
            count += 1 + self._total(file, block or spot.place, text)
        return _position(file, spot, block, count)

    def start(self, position: Position) -> Found:
        """The newest savepoint before `position`.

        Raises MidrunError "never-reached" if the run never came there.
        """
        source = _source(position.file)
        counted, exact = position.block in checks(source), True
        self._check_reached(position, source, counted)
        for savepoint in self.savepoints:
            passes = self._passes(savepoint.run, savepoint.manifest, source)
            known = passes.get(position.block, 0) if counted else None
            if known is not None and known < position.count:
                return Found(position, Start(savepoint.run, savepoint))
            exact = exact and known is not None
            if position.gate is not None and passes.get(position.gate, 0) == 0:
                return Found(position, Start(savepoint.run, savepoint), exact)
        return Found(position, Start(self.first, None), exact)

    def passes(self, savepoint: Savepoint, position: Position) -> int | None:
        """How often the block of `position` had been passed at a savepoint, if that is known."""
        source = _source(position.file)
        return self._passes(savepoint.run, savepoint.manifest, source).get(position.block, 0)

    def total(self, position: Position) -> int | None:
        """How often the block of `position` was passed in all, if that is known."""
        source = _source(position.file)
        if not self._end or position.block not in checks(source):
            return None
        return self._passes(self.run, self._end, source).get(position.block, 0)

    def _check_reached(self, position: Position, source: Source, counted: bool) -> None:
        key = self._end.get("sources", {}).get(position.file)
        total = self.total(position) if key and counted else None
        if total is None or total >= position.count or self.run.source(key) != source.text:
            return
        place = f"{os.path.relpath(position.file)}:{position.line}"
        times = {0: "never reached", 1: "reached once"}.get(total, f"reached {total} times")
        raise MidrunError(f"{place} was {times} in run {self.run.id}", slug="never-reached")

    def _crash(self, before: int) -> Position:
        frames = self._end.get("crash", [])
        if not frames:
            status = self.run.info.get("status", "killed")
            raise MidrunError(
                f"run {self.run.id} has no crash to go to: it is {status}; midrun ls shows those "
                "that crashed",
                slug="no-crash",
            )
        for file, line, _ in reversed(frames):
            source = _source(file)
            line = self._line_now(file, line, source)
            checked = checks(source)
            spot = spot_at(source, line, checked)
            if not before:
                total = self._total(file, spot.block or spot.place, "crash")
                return _position(file, spot, spot.block, total)
            loop = loop_around(source, line, checked)
            if loop is not None:
                return _position(file, spot, loop, self._total(file, loop, "crash") - before)
        raise MidrunError(f"the crash of run {self.run.id} is in no loop", slug="no-crash")

    def _line_now(self, file: str, line: int, source: Source) -> int:
        old = Source(file, self.run.source(self._end["sources"][file]))
        if old.text == source.text:
            return line
        return carried(old, source).get(spot_at(old, line, ()).place, (line, 0))[0]

    def _total(self, file: str, block: Place, text: str) -> int:
        source = _source(file)
        found = self._passes(self.run, self._end, source).get(block, 0) if self._end else None
        if found is None:
            raise MidrunError(
                f"{text}: how often line {block[0]} of {os.path.relpath(file)} was passed is not "
                f"known{'' if self._end else ', since the run did not end by itself'}; give the "
                "number: FILE:LINE#N",
                slug="bad-position",
            )
        return found

    def _passes(self, run: Run, facts: dict[str, Any], source: Source) -> dict[Place, int | None]:
        """How often each block of a file had been passed, by its place in the source as it is."""
        key = facts["sources"].get(source.path)
        if key is None:
            return {}
        old = Source(source.path, run.source(key))
        now = carried(old, source) if old.text != source.text else None
        found: dict[Place, int | None] = {}
        for line, column, passes in facts["seen"].get(source.path, []):
            place = (line, column) if now is None else now.get((line, column))
            if place is not None:
                found[place] = passes
        return found

    def _file(self, name: str, text: str) -> str:
        path = os.path.realpath(name)
        if path in self.files:
            return path
        ending = [file for file in self.files if file.endswith(os.sep + name.removeprefix("./"))]
        if len(ending) == 1:
            return ending[0]
        names = sorted(os.path.relpath(file) for file in self.files)
        near = difflib.get_close_matches(name, names, n=1)
        said = f"did you mean {near[0]}?" if near else f"it ran {', '.join(names[:5])}"
        if len(ending) > 1:
            said = f"it may be {' or '.join(map(os.path.relpath, ending))}; give more of the path"
        raise MidrunError(
            f"{text}: run {self.run.id} ran no file {name}; {said}", slug="bad-position"
        )


def _position(file: str, spot: Spot, block: Place | None, count: int) -> Position:
    return Position(file, spot.place[0], block or spot.place, max(1, count), spot.gate)


def expressions(texts: Iterable[str]) -> list[str]:
    """The expressions in what the user wrote: `a, b` are two.

    Raises MidrunError "bad-expression" on what is none.
    """
    found: list[str] = []
    for text in texts:
        try:
            body = ast.parse(text.strip(), mode="eval").body
        except SyntaxError as error:
            raise MidrunError(
                f"--print {text}: this is no Python expression ({error.msg})", slug="bad-expression"
            ) from None
        plain = isinstance(body, ast.Tuple) and not text.strip().startswith("(")
        parts = body.elts if plain and isinstance(body, ast.Tuple) else [body]
        found += [ast.get_source_segment(text.strip(), part) or text for part in parts]
    return found


def crash_of(run: Run) -> Found | None:
    """The crash of `run`, and where to start for it; None if there is none to go to."""
    try:
        past = Past(run)
        return past.start(past.find("crash"))
    except (MidrunError, SyntaxError):  # of a file that is being edited
        return None


def find_run(store: Store, name: str | None) -> Run:
    """The run `name`, or the newest that has run. Raises the store's errors."""
    ran = [run for run in store.runs() if run.info.get("status") != KEPT] if name is None else []
    return ran[-1] if ran else store.run(name or "newest")


def _parent(run: Run) -> Savepoint | None:
    parent = run.info.get("parent")
    try:
        return run.store.savepoint(parent) if parent else None
    except StoreError:
        return None


def _source(file: str) -> Source:
    text = read_source(file)
    if text is None:
        raise MidrunError(f"{Path(file).name} is gone: {file}", slug="bad-position")
    return Source(file, text)
