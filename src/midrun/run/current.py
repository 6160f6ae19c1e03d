"""The run: the one object that holds what midrun knows while a script runs.

Its `here` is called at the checks of the hot form, its `_reached` before each line while `stops`
are armed. It decides whether to save, and saves.
"""

from __future__ import annotations

import _thread
import contextlib
import functools
import os
import signal
import sys
import threading
import time
import types
from collections.abc import Callable, Mapping
from typing import Any

from midrun.run.clock import Clock
from midrun.run.environment import Environment
from midrun.run.exits import Exits
from midrun.run.flags import Flags
from midrun.run.hook import Own
from midrun.run.journal import Journal
from midrun.run.memory import Memory
from midrun.run.once import Once
from midrun.run.places import Wanted
from midrun.run.policy import Policy, Reason
from midrun.run.saving import Snapshot, Unsaved
from midrun.run.seeds import Entropy
from midrun.run.sentinel import Sentinel
from midrun.run.signals import STOP, Handlers
from midrun.run.stops import Stops
from midrun.run.watch import Watch
from midrun.run.within import Within
from midrun.source.book import Book, Place
from midrun.source.positions import Unknown
from midrun.state.ambient import default_ambient
from midrun.state.library import LibraryObjects
from midrun.state.registry import Registry, default_registry
from midrun.state.session import NotNow
from midrun.store import Pending, Savepoint, StoreError
from midrun.store import Run as StoredRun

_LATE = 0.005  # seconds that a try may take
_FREE = 0.1  # seconds of tries that failed, one after another, until they make room for the program
_PERIOD = 0.5  # seconds between two looks at whether a savepoint is due
_STOPPING = 0.02  # seconds in which a place for a savepoint that is due is looked for at a time


class Run:
    """One execution of a script. `before` is the time, in seconds, that the runs before it took up
    to the savepoint that it continues from."""

    def __init__(
        self, stored: StoredRun, book: Book, own: Own, policy: Policy, *, before: float, quiet: bool
    ) -> None:
        self.stored = stored
        self.pid = os.getpid()
        self.book = book
        self.own = own
        self.policy = policy
        self.ambient = default_ambient()
        self.library = LibraryObjects()
        self.exits = Exits(self)
        self.once = Once(self)
        self.entropy: Entropy | None = None
        self.environment = Environment()
        self.handlers: Handlers | None = None
        self.wanted: dict[int, list[Wanted]] = {}
        self.at_wanted: Callable[[Wanted, int, types.FrameType], None] = self._ask_at
        self.seen: set[int] = set()
        self.copies: Mapping[str, str] = {}  # what stands for files of the user's, in a branch
        self.newest: Savepoint | None = None
        self.memory = Memory(stored.make_room)
        self.before = before
        self.started = time.monotonic()
        self.flags = Flags(self.here)
        self.stops = Stops(self._reached)
        self.clock = Clock(self._tick, min(_PERIOD, policy.every or _PERIOD))
        book.blocks.on_new = self._block_added
        self.watch: Watch | None = None
        self.watched = False
        self.sentinel: Sentinel | None = None
        self.journal: Journal | None = None
        os.register_at_fork(after_in_child=self._leave_alone)
        self._within = Within(book.own)
        self._places: list[Wanted] = []
        self._busy = self._leaving = False
        self._told: set[str] = set()
        self._quiet = quiet
        self._writing, self._failed = 0, False
        self._last: Pending | None = None
        self._not_before = self._in_vain = 0.0

    @functools.cached_property
    def registry(self) -> Registry:
        """The adapters; looked up for the first savepoint."""
        return default_registry()

    def __reduce__(self) -> Any:
        # What the program holds of midrun belongs, after a resume, to the new run.
        from midrun.run import boot

        return boot.run_of_this_process, ()

    def say(self, text: str) -> None:
        """A line of midrun's own on the real stderr."""
        if not self._quiet and sys.__stderr__ is not None:
            sys.__stderr__.write(f"midrun: {text}\n")
            sys.__stderr__.flush()

    def elapsed(self) -> float:
        """Seconds of work up to now, those of the runs before this one included."""
        return self.before + time.monotonic() - self.started

    def follow(self, places: list[Wanted]) -> None:
        """Call `at_wanted`, which has a savepoint taken, at these places."""
        self._places = places
        for number, place in enumerate(self.book.blocks.places):
            self._block_added(number, place)

    def _block_added(self, number: int, place: Place) -> None:
        self.flags.grow(number + 1)
        path, line, _ = place
        for wanted in self._places:
            if wanted.line == line and wanted.file == os.path.realpath(path):
                self.wanted.setdefault(number, []).append(wanted)
                self.flags.hold(number)

    def here(self, number: int, frame: types.FrameType) -> None:
        """Block `number` is about to run, in `frame`."""
        if self._busy or threading.get_ident() != threading.main_thread().ident:
            return
        is_new = number not in self.seen
        reason = self.watch.passed(self.stops) if self.watch is not None else None
        for wanted in self.wanted.get(number, ()):
            self.at_wanted(wanted, number, frame)
        reason = reason or self.policy.due(time.monotonic(), is_new, self._writing > 0)
        if reason is not None and time.monotonic() >= self._not_before:
            self.attempt(reason, frame)
        if self.journal is not None:
            self.journal.here(number, frame)
        # Only now: a program that continues from that savepoint makes this check again.
        self.flags.passed(number)
        self.seen.add(number)

    def _ask_at(self, wanted: Wanted, number: int, frame: types.FrameType) -> None:
        wanted.block = number if wanted.block < 0 else wanted.block
        wanted.passes += number == wanted.block
        if number == wanted.block and wanted.passes == wanted.count:
            self.policy.ask(Reason(f"at {wanted.text}"))

    def begin(self) -> None:
        """The script is about to start, or to go on."""
        if self.sentinel is not None:
            self.sentinel.begin()
        if self.policy.budget > 0 or self.policy.every is not None:
            self.clock.start()

    def ask(self, reason: Reason) -> None:
        """Have a savepoint taken at the next statement that can."""
        self.policy.ask(reason)
        self.stop_soon()

    def stop_soon(self) -> None:
        """Stop the main thread at its next statements, to see whether a savepoint is due."""
        if threading.get_ident() != threading.main_thread().ident:
            _thread.interrupt_main(STOP)
            return
        seconds = float("inf") if self.policy.wanted else _STOPPING
        if not self._busy and not self.stops.arm(seconds):
            self.flags.raise_all()

    def end(self) -> None:
        """The script has ended."""
        self.clock.stop()
        self._leave_alone()

    def _leave_alone(self) -> None:
        self.flags.drop()
        self.stops.disarm()

    def _tick(self) -> None:
        if self.sentinel is not None and self.sentinel.count.backwards:
            self.policy.in_memory = self.memory.is_of_use()
        due = self.policy.due(time.monotonic(), False, self._writing > 0)
        if due is not None and not self._busy and not self.stops.armed:
            handler = signal.getsignal(STOP)
            if getattr(handler, "__module__", "").startswith("midrun"):
                _thread.interrupt_main(STOP)

    def _reached(self, frame: types.FrameType) -> None:
        """`frame` is about to run a line."""
        if self._busy:
            return
        now = time.monotonic()
        reason, own = None, frame.f_code.co_filename in self.book.own
        if own:
            self._within.own_line()
            reason = self.watch.line() if self.watch is not None else None
        elif not self._within.may_stop(frame, now):
            return
        reason = reason or self.policy.due(now, False, self._writing > 0)
        if reason is None or now < self._not_before:
            return
        if not self.attempt(reason, frame) and not own:
            self._within.failed(now, time.monotonic())

    def savepoint(self, name: str | None, asking: types.FrameType) -> None:
        """The program has called `midrun.savepoint`, whose frame is `asking`."""
        text = f"savepoint {name!r}" if name else "midrun.savepoint()"
        reason = Reason(text, name=name)
        frame = asking.f_back
        if self._busy or frame is None:
            return
        if not self.attempt(reason, frame, asking) and reason.text in self._told:
            self.ask(reason)

    def attempt(
        self, reason: Reason, frame: types.FrameType, asking: types.FrameType | None = None
    ) -> bool:
        """Save now, with `frame` as the innermost; False if that can't be done here."""
        self._busy = True
        try:
            with self.stops.suspended():
                taken = self._try(reason, frame, asking)
        finally:
            self._busy = False
        if self.policy.wanted:
            self.stop_soon()
        elif taken:
            self.stops.disarm()
            if self.watch is None:
                self.flags.lower()
        return taken

    def _try(self, reason: Reason, frame: types.FrameType, asking: types.FrameType | None) -> bool:
        began = time.monotonic()
        try:
            snapshot = Snapshot(self, reason, frame, asking)
            snapshot.take()
            self._last = snapshot.pending or self._last
        except (Unknown, NotNow) as why:
            ended = time.monotonic()
            if self.watch is not None:
                self.watch.failed()
            else:
                self._in_vain += ended - began
                if ended - began > _LATE and self._in_vain > _FREE:
                    self._not_before = ended + ended - began
            self.policy.put_off(reason, began, ended)
            self._put_off(reason, frame, str(why))
            return False
        except Exception as error:  # whatever it is, it must not harm the script
            self.policy.taken(reason, began, time.monotonic())
            if os.environ.get("MIDRUN_DEBUG") or self.watch is not None:
                raise
            self._fail(str(error) if isinstance(error, Unsaved) else repr(error))
            return False
        self.policy.taken(reason, began, time.monotonic())
        self._in_vain = 0.0
        if self.watch is not None:
            self.watch.taken(snapshot, reason)
        if reason.text in self._told:
            self.say(f"{reason.text}: taken {_place(frame)}")
            self._told.discard(reason.text)
        if reason.then:
            self._leave(reason.then, snapshot)
        return True

    def saved(self, savepoint: Savepoint | None, error: Exception | None) -> None:
        """A savepoint has reached the disk, or failed to. Called in the writer's thread."""
        self._writing -= 1
        if savepoint is not None:
            self.newest = savepoint
            if self.journal is not None:
                self.journal.savepoint(savepoint)
        else:
            self._fail(f"{error}")

    def finish_writing(self, *, from_memory: bool = False) -> None:
        """Wait until every savepoint has reached the disk; after a fault, those in memory too."""
        if from_memory:
            self._last = self.memory.write(self.writing) or self._last
        if self._last is not None:
            with contextlib.suppress(StoreError, OSError):  # `saved` has been told
                self._last.wait()

    def writing(self) -> None:
        """A savepoint is on its way to the disk."""
        self._writing += 1

    def _fail(self, why: str) -> None:
        if not self._failed:
            self._failed = True
            self.say(f"a savepoint could not be written ({why}); the run goes on")

    def _put_off(self, reason: Reason, frame: types.FrameType, why: str) -> None:
        if reason.asked and reason.text not in self._told:
            self._told.add(reason.text)
            self.say(
                f"{reason.text}: no savepoint can be taken {_place(frame)}, because {why}; "
                "it will be at the next place that can"
            )

    def leave_unsaved(self) -> None:
        """End the process as SIGTERM does, unless a savepoint is being taken or written."""
        if self._leaving or self._busy:
            return
        self.stop("ended without the savepoint, which could not be taken here")

    def stop(self, words: str) -> None:
        """End the process as SIGTERM does, after these words."""
        with contextlib.suppress(OSError):
            self.stored.update(status="stopped", elapsed=self.elapsed())
        self.say(words)
        _end_by(signal.SIGTERM)

    def _leave(self, how: str, snapshot: Snapshot) -> None:
        """End the process by the signal that asked for it, as without midrun."""
        self._leaving = True
        with contextlib.suppress(StoreError, OSError):  # `saved` has been told, and said so
            snapshot.wait()
            self.stored.update(status="stopped", elapsed=self.elapsed())
        if self.newest is not None:
            self.say(f"saved; continue with: midrun resume {self.newest.spec}")
        _end_by(signal.SIGINT if how == "interrupt" else signal.SIGTERM)


def _end_by(number: signal.Signals) -> None:
    """End the process by a signal, as without midrun."""
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def _place(frame: types.FrameType) -> str:
    return f"at {os.path.relpath(frame.f_code.co_filename)}:{frame.f_lineno}"
