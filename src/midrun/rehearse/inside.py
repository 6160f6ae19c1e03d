"""The process of a rehearsal: the script runs in it in cut form, and what is seen is written down
at its end."""

from __future__ import annotations

import ast
import builtins
import dataclasses
import os
import re
import resource
import sys
import traceback
import types
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from midrun.rehearse.accelerator import DeviceMemory
from midrun.rehearse.detour import Detour
from midrun.rehearse.fault import Fault
from midrun.rehearse.frameworks import cut_of
from midrun.rehearse.hearing import hear
from midrun.rehearse.loops.cutter import Cutter
from midrun.rehearse.loops.execution import Stats
from midrun.rehearse.loops.form import (
    AHEAD,
    BEFORE,
    COUNTS,
    LEFT,
    LOOP,
    PASSED,
    TEST,
    TURN,
    cut_form,
)  # fmt: skip
from midrun.rehearse.reads import Reads
from midrun.rehearse.request import Answer, Crash, LoopSeen, Request
from midrun.rehearse.resuming import loadings
from midrun.rehearse.saves import Saves
from midrun.rehearse.uncut import Uncut
from midrun.rehearse.watching.places import Places
from midrun.rehearse.watching.watching import Watching
from midrun.rehearse.ways import Ways
from midrun.run.ending import without_own_frames
from midrun.run.sentinel import Alarm, Sentinel
from midrun.source.module import Source
from midrun.store.files import replace_file
from midrun.world.inside import enter

_FRAME = re.compile(r'File "([^"]+)", line (\d+), in (\S+)')

if TYPE_CHECKING:
    from midrun.run.current import Run


def attach(run: Run, text: str) -> None:
    """Called in the new process before anything is loaded (`Spec.attach`)."""
    request = Request.read(text)
    if request.inside:
        enter(request.inside)
    Rehearsing(run, request).attach()


class Rehearsing(Sentinel):
    """What is known of a rehearsal in its process."""

    def __init__(self, run: Run, request: Request) -> None:
        super().__init__(Alarm(), run.own.has_file)
        self._run = run
        self._request = request
        self.cutter = Cutter(run.book, self, whole=request.whole, own=run.own.has_file)
        places = Places(run.own.has_file)
        self._ways = Ways(
            run, self.cutter.activity, self.cutter.meter, request.other_way,
            resumed=request.resumed,
        )  # fmt: skip
        self._detour = Detour(
            request.detour, request.out, run.own.has_file, self.cutter.cut_no_more,
            lambda: self._saves.files,
        )  # fmt: skip
        self._uncut = Uncut(lambda: bool(self.cutter.position), run.own.has_file, self._give_up)
        self.cutter.activity.on_loss = self._training
        self._saves = Saves(
            self.cutter.meter, places.here, self._detour.saved, self._detour.loaded,
            os.path.dirname(request.out),
        )  # fmt: skip
        self._reads = Reads()
        self._devices = DeviceMemory()
        self._watching = Watching(
            run.own.has_file, self.cutter.activity, self.cutter.meter.aside, _Blocks(run)
        )
        self._gave_up: list[Fault] = []
        self._peak = 0
        self._peak_place: tuple[str, int] | None = None

    def attach(self) -> None:
        """Take the place of the sentinel, and have each file brought into cut form."""
        self._run.sentinel = self
        self._run.book.prepare, self._run.book.took = self._prepare, self.cutter.meter.aside
        cutter, ways = self.cutter, self._ways
        calls = {
            LOOP: cutter.loop, TURN: cutter.turn, LEFT: cutter.left, AHEAD: cutter.ahead,
            BEFORE: ways.before, TEST: ways.test, PASSED: cutter.passed,
            COUNTS: cutter.counters.counts,
        }  # fmt: skip
        for name, call in calls.items():
            setattr(builtins, name, call)
        cutter.written = self._saves.bytes_on_disk

    def begin(self) -> None:
        self.cutter.followers.watch()
        self._saves.watch()
        hear(self._reads.heard, self._saves.heard)
        self._watching.begin()

    def round(
        self, frame: types.FrameType, file: str, line: int, index: int, length: int | None
    ) -> None:
        """A round of a loop begins."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        if peak > self._peak:
            self._peak, self._peak_place = peak, (file, line)
        if self.cutter.activity.steps:
            self._devices.between_steps()
        self._watching.round(frame, file, line, index, length)

    def left(self, file: str, line: int) -> None:
        """A loop has ended."""
        self._watching.left(file, line)
        if not self.cutter.position:
            self.cutter.meter.begin_with(("end",))

    def _training(self, loss: Any) -> None:
        """A backward pass begins."""
        self._detour.loss(loss)
        self._uncut.loss()

    def _give_up(self, fault: Fault) -> NoReturn:
        """End here, with what was seen so far."""
        self._gave_up = [fault]
        self.end(None)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)

    def end(self, error: BaseException | None) -> None:
        position = [
            (e.stats.file, e.stats.line, e.index) for e in self.cutter.position if e.index >= 0
        ]
        if self._request.detour and (error is None or isinstance(error, SystemExit)):
            self._detour.end()
            return
        self.cutter.leave_all()
        self.cutter.meter.flush()
        answer = Answer(
            loops=self._loops(),
            tests=self._ways.seen(),
            amounts=self._amounts(),
            faults=[dataclasses.asdict(fault) for fault in self._faults()],
            never_ran=self._never_ran(),
            saves=self._saves.found,
            loads=loadings(self._own.values()),
            crash=self._crash(error, position) if error is not None else None,
            reads=self._reads.data(self._own, self._saves.files),
            device=self._devices.found(self.cutter.activity.batch),
            peak=1024 * max(self._peak, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss),
            peak_place=self._peak_place,
        )
        replace_file(Path(self._request.out), answer.write().encode())

    def _faults(self) -> list[Fault]:
        """What was found in the program's own files."""
        found = [fault for fault in self._watching.faults() if fault.file in self._own]
        return [*found, *self._gave_up]

    def _loops(self) -> list[LoopSeen]:
        """The loops that ran: of those at one place, the ones that train come last."""
        ran = [_seen(stats) for stats in self.cutter.stats.values() if stats.executions]
        return sorted(ran, key=lambda loop: loop.trains)

    def _prepare(self, source: Source) -> None:
        library = None if self._run.own.has_file(source.path) else cut_of(source.path)
        sites = cut_form(source, self.cutter.planner.counted, library)
        self.cutter.add(source.path, sites)
        self._ways.add(source.path, sites)

    def _amounts(self) -> dict[str, tuple[float, float, float, float]]:
        meter = self.cutter.meter
        return {
            "\n".join(key): (meter.spent[key], meter.total[key], meter.low[key], meter.high[key])
            for key in meter.total
        }

    @property
    def _own(self) -> dict[str, Source]:
        """The files of the program, without those of libraries whose loops are cut."""
        book = self._run.book
        return {file: book.own[file] for file in book.own if self._run.own.has_file(file)}

    def _never_ran(self) -> list[tuple[str, int, int]]:
        """The blocks that have not been entered: file, first and last line."""
        run, own = self._run, self._own
        ran = run.seen | self._watching.blocks_in_workers
        found = []
        for number, (file, line, column) in enumerate(run.book.blocks.places):
            if number in ran or file not in own:
                continue
            found.append((file, line, _end_of_block(own[file].tree, line, column)))
        outermost: list[tuple[str, int, int]] = []
        for file, first, last in sorted(found, key=lambda block: (block[0], block[1], -block[2])):
            if not outermost or outermost[-1][0] != file or last > outermost[-1][2]:
                outermost.append((file, first, last))
        return outermost

    def _crash(self, error: BaseException, loops: list[tuple[str, int, int]]) -> Crash | None:
        if isinstance(error, SystemExit):
            return None
        shown = without_own_frames(error.__traceback__)
        frames = [
            (frame.filename, frame.lineno or 0, frame.name)
            for frame in traceback.extract_tb(shown)
            if frame.filename in self._own
        ]
        said, inner = _of_worker(str(error))
        frames += [frame for frame in inner if frame[0] in self._own]
        text = "".join(traceback.format_exception(type(error), error, shown))
        raised = bool(frames) and self._is_raise(frames[-1][0], frames[-1][1], shown)
        return Crash(f"{type(error).__name__}: {said}"[:500], frames, text, raised, loops)

    def _is_raise(self, file: str, line: int, shown: types.TracebackType | None) -> bool:
        """Whether the exception comes from a `raise` or `assert` on a line of the user's."""
        while shown is not None and shown.tb_next is not None:
            shown = shown.tb_next
        if shown is None or shown.tb_frame.f_code.co_filename != file:
            return False
        tree = self._own[file].tree
        raises = (n for n in ast.walk(tree) if isinstance(n, ast.Raise | ast.Assert))
        return any(n.lineno <= line <= (n.end_lineno or n.lineno) for n in raises)


class _Blocks:
    def __init__(self, run: Run) -> None:
        self._run = run

    def unseen(self) -> set[int]:
        return set(range(len(self._run.book.blocks.places))) - self._run.seen

    def call_next(self, number: int, function: Callable[[], object]) -> None:
        self._run.flags.call_next(number, function)


def _seen(stats: Stats) -> LoopSeen:
    return LoopSeen(
        stats.file, stats.line, stats.site.node.end_lineno or stats.line, stats.site.function,
        stats.executions, sorted(stats.visited), stats.length, stats.endless, stats.cut,
        stats.trains, stats.evaluates, stats.workers, stats.led_by[0] if stats.led_by else None,
        sorted(stats.inside),
    )  # fmt: skip


def _of_worker(message: str) -> tuple[str, list[tuple[str, int, str]]]:
    """What an exception says, and its frames: of one in a worker process of a DataLoader, which is
    told as text (torch._utils.ExceptionWrapper)."""
    head, found, trace = message.partition("\nOriginal Traceback")
    if not found:
        return message, []
    frames = [(file, int(line), name) for file, line, name in _FRAME.findall(trace)]
    return f"{trace.strip().splitlines()[-1].partition(': ')[2]} ({head.rstrip('.')})", frames


def _end_of_block(tree: ast.AST, line: int, column: int) -> int:
    """The last line of the block whose first statement stands at a place; of that statement, if it
    is not the first of any."""
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list):
                for index, statement in enumerate(block):
                    if (statement.lineno, statement.col_offset) == (line, column):
                        last = block[-1] if index == 0 else statement
                        return int(last.end_lineno or line)
    return line
