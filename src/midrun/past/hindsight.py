"""Values that a run never logged: it is repeated from its savepoints, in pieces side by side, and
the values are written down each time that a line is reached."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from midrun.branch.process import Start, branch_folder, branch_spec, run_branch
from midrun.errors import MidrunError
from midrun.past.position import Past, Position
from midrun.past.visit import ATTACH, Request
from midrun.processors import processors

_START = 3.0  # seconds that a piece takes to start, for the estimate and to see what is worth one
_LOOK = 0.2  # seconds between two looks at how far it is


@dataclass(frozen=True)
class Piece:
    """The passes after `first` up to `last`, repeated from `start`; of `seconds` of the run."""

    start: Start
    first: int
    last: int
    seconds: float


@dataclass
class Plan:
    """What will be repeated, and how long it will take, in seconds."""

    position: Position
    every: int
    pieces: list[Piece]
    workers: int

    @property
    def seconds(self) -> float:
        """An estimate: as long as the run took, shared among the workers."""
        total = sum(piece.seconds + _START for piece in self.pieces)
        return max(total / self.workers, max(piece.seconds + _START for piece in self.pieces))


@dataclass
class Readings:
    """The values of `expressions` at each pass: a list for each row, in order of the passes. One
    that could not be had is {"error": why}."""

    place: str
    expressions: list[str]
    rows: list[tuple[int, list[Any]]] = field(default_factory=list)


def plan(past: Past, position: Position, *, every: int, workers: int | None = None) -> Plan:
    """How to repeat the run so that each pass of `position` is seen once.

    Raises MidrunError "never-reached" if there is none.
    """
    workers = workers or processors()
    start = past.start(position)
    total = past.total(position)
    known = [(s, past.passes(s, position)) for s in reversed(past.savepoints)]
    starts = [(s, passes) for s, passes in known if passes is not None]
    if not start.exact or (total is None and not starts):
        return Plan(position, every, [Piece(start.start, 0, 1 << 60, past.seconds)], 1)
    last = total if total is not None else max(passes for _, passes in starts)
    if last < position.count:
        raise MidrunError(f"{position} was never reached in the run", slug="never-reached")
    marks = [(Start(past.first, None), 0, 0.0)]
    marks += [(Start(s.run, s), p, float(s.manifest["elapsed"])) for s, p in starts if p < last]
    marks = [mark for index, mark in enumerate(marks) if _helps(marks, index, position.count)]
    ends = [(mark[1], mark[2]) for mark in marks[1:]] + [(last, past.seconds)]
    pieces = [
        Piece(start, first, until, max(0.0, end - began))
        for (start, first, began), (until, end) in zip(marks, ends, strict=True)
        if until > first
    ]
    return Plan(position, every, _joined(pieces, workers), workers)


def read(
    plan: Plan, expressions: list[str], on_progress: Callable[[float], None] = lambda share: None
) -> Readings:
    """Repeat the run. `on_progress` is told the share that is done, now and then.

    Raises MidrunError "not-repeated" if a piece could not be.
    """
    with branch_folder() as folder:
        files = [folder / str(index) for index in range(len(plan.pieces))]
        with ThreadPoolExecutor(plan.workers) as pool:
            futures: list[Future[None]] = [
                pool.submit(_repeat, plan, piece, expressions, file)
                for piece, file in zip(plan.pieces, files, strict=True)
            ]
            try:
                _wait(futures, lambda: on_progress(_share(plan, files)))
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        rows = sorted(row for file in files for row in _rows(file))
    return Readings(str(plan.position).partition("#")[0], expressions, rows)


def _helps(marks: list[tuple[Start, int, float]], index: int, count: int) -> bool:
    """Whether a piece has to start at a mark: not if the next one is before `count` too."""
    return index + 1 >= len(marks) or marks[index + 1][1] >= count


def _joined(pieces: list[Piece], workers: int) -> list[Piece]:
    """As many pieces as there are workers, about equally long; one of a run that is short."""
    total = sum(piece.seconds for piece in pieces)
    share = max(total / workers, _START)
    joined: list[Piece] = []
    for piece in pieces:
        if joined and joined[-1].seconds + piece.seconds / 2 < share:
            old = joined[-1]
            both = old.seconds + piece.seconds
            joined[-1] = Piece(old.start, old.first, piece.last, both)
        else:
            joined.append(piece)
    assert all(a.last == b.first for a, b in pairwise(joined))
    return joined


def _repeat(plan: Plan, piece: Piece, expressions: list[str], out: Path) -> None:
    position = plan.position
    with branch_folder() as scratch:
        request = Request(
            position.file,
            position.line,
            position.block,
            max(position.count, piece.first + 1),
            str(scratch),
            "log",
            str(position),
            expressions,
            until=piece.last,
            every=plan.every,
            out=str(out),
        )
        spec, arguments = branch_spec(
            piece.start, ATTACH, request.write(), f"{scratch}/run", at=request.at
        )
        said = run_branch(piece.start, spec, arguments)
    if not out.exists() or not out.read_bytes().endswith(b'{"end": true}\n'):
        raise MidrunError(
            f"the run could not be repeated {piece.start}: {said or 'it ended too early'}",
            slug="not-repeated",
        )


def _wait(futures: list[Future[None]], on_look: Callable[[], None]) -> None:
    left = set(futures)
    while left:
        done, left = wait(left, timeout=_LOOK, return_when=FIRST_COMPLETED)
        for future in done:
            future.result()
        on_look()


def _share(plan: Plan, files: list[Path]) -> float:
    done = total = 0
    for piece, file in zip(plan.pieces, files, strict=True):
        first = max(piece.first, plan.position.count - 1)
        passes = [row for row, _ in _rows(file)]
        total += piece.last - first
        done += max(passes, default=first) - first
    return done / total if total else 1.0


def _rows(file: Path) -> Iterator[tuple[int, list[Any]]]:
    if file.exists():
        for line in file.read_bytes().splitlines(keepends=True):
            if line.endswith(b"\n") and "pass" in (row := json.loads(line)):
                yield row["pass"], row["values"]
