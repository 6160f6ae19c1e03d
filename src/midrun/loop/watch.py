"""`midrun watch`: run a script; when it fails, wait for the user's edit, and go on.

This process stays small, beside the one that runs the script. While one runs, it leaves the
terminal to it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
import types
import warnings
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import NoReturn

from midrun.branch.process import branch_folder
from midrun.loop import words
from midrun.loop.children import (
    Attention,
    adopt_orphans,
    end_by,
    reap,
    start_cold,
)
from midrun.loop.choice import Choice, Next, candidates, choose
from midrun.loop.edits import Edits, Files
from midrun.loop.terminal import Terminal
from midrun.loop.waiting import Waiting
from midrun.past.goto import journey
from midrun.past.position import Found, crash_of
from midrun.run import inventory
from midrun.run.spec import Spec, fix_hashes
from midrun.run.stale import stale_edits
from midrun.store import Run, Savepoint, Store
from midrun.warm.asking import Child, NoKeeper, Setting
from midrun.warm.owner import Warm

_GRACE = 1.0  # seconds that an empty or missing file is given to come back
_BAD_INPUT = 2
_QUIT, _DEBUG = "q", "p"  # what the user can want other than a try


class Watch:
    """One `midrun watch`. `spec` is that of `midrun run`; `cold`: each try is a new interpreter."""

    def __init__(self, spec: Spec, arguments: list[str], *, cold: bool) -> None:
        self._spec = replace(spec, watched=True)
        fix_hashes(self._spec)  # of all tries alike
        self._arguments = arguments
        self._store = Store(Path(spec.store))
        self._warm = None if cold else Warm(self._store.folder)
        self._terminal = Terminal()
        self._tries = 0
        self._waiting: Waiting | None = None
        self._run: Run | None = None  # that of the last try that began
        self._crash: Found | None = None  # how to go to its crash, if it has one

    def run(self) -> int:
        """Try until the script ends well, or the user wants no more; the last exit code."""
        adopt_orphans()
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, _leave)
        code = 0
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SyntaxWarning)  # the program's process shows them
                code = self._tries_until_it_works()
        except _Told as told:
            code = -told.number
        finally:
            if self._warm is not None:
                self._warm.close()
        return code if code >= 0 else end_by(-code)

    def _tries_until_it_works(self) -> int:
        following: Next | None = Next(Choice(), [], None)
        code = 0
        while following is not None:
            code, refused = self._try(following)
            if code == 0 or self._run is None:
                break
            following = self._wait(code, following.files if refused else None)
            if following is None:
                words.farewell(next(candidates(self._run), None))
        return code

    def _try(self, following: Next) -> tuple[int, bool]:
        """One try: its exit code, and whether it was refused before the program began."""
        self._tries += 1
        if self._tries > 1:
            words.going_on(self._tries, following)
        spec, arguments, savepoint = self._spec, self._arguments, following.choice.savepoint
        if savepoint is not None:
            spec = replace(spec, target="", is_module=False, savepoint=savepoint.spec)
            arguments = []
        pid, code = self._attend(spec, arguments, savepoint)
        runs = reversed(self._store.runs())  # process ids come again
        run = next((run for run in runs if run.info.get("pid") == pid), None)
        refused = run is None or (code == _BAD_INPUT and "status" not in run.info)
        if not refused:
            self._run = run
        return code, refused

    def _attend(
        self, spec: Spec, arguments: list[str], savepoint: Savepoint | None
    ) -> tuple[int, int]:
        """Leave the terminal to a process until it ends: its id and exit code."""
        with Attention(same_terminal=True) as attention:
            child = attention.child = self._start(spec, arguments, savepoint)
            self._finish_waiting()
            code = child.wait()
        self._terminal.restore()
        reap()
        if attention.told:
            raise _Told(attention.told[0])
        return child.pid, code

    def _start(self, spec: Spec, arguments: list[str], savepoint: Savepoint | None) -> Child:
        if self._warm is not None and self._run is not None:
            try:
                setting = Setting.own(os.getpgrp())
                child = self._warm.start(spec, arguments, savepoint, setting)
                for name, reason in self._warm.unfit.items():
                    words.say(f"{name} is started cold: {reason}")
                return child
            except NoKeeper as why:
                words.say(f"a cold start: {why}")
        self._finish_waiting()
        return start_cold(spec, arguments)

    def _finish_waiting(self) -> None:
        """Have no thread left, which comes after a warm start and before a cold one."""
        if self._waiting is not None:
            self._waiting.close()
            self._waiting = None

    def _wait(self, code: int, refused: Files | None) -> Next | None:
        """After a failure: wait for an edit or a key. `refused` are the files of a try that never
        began. None if the user wants no more."""
        run = self._run
        assert run is not None
        found = inventory.read(run)
        files = refused or Files.of(run, found)
        if self._warm is not None:
            try:
                self._warm.prepare(run.info, found)
            except OSError as error:
                words.say(f"the next start will be cold: no keeper could be started ({error})")
        words.ended(code, run, next(candidates(run), None))
        self._crash = crash_of(run)
        try:
            edits = files.look()
            if edits.whole and (choice := _newest(run)) is not None:
                return Next(choice, edits.edited, files.taken(), meanwhile=True)
            while True:
                self._waiting = Waiting(self._terminal, files.folders)
                with self._waiting as waiting:
                    words.invite(waiting.keys, crash=self._crash is not None)
                    wish = self._wish(waiting, run, files)
                if isinstance(wish, Next):
                    return wish
                if wish == _QUIT:
                    return None
                self._debug()
        except KeyboardInterrupt:
            return None

    def _debug(self) -> None:
        """Open the debugger at the crash, until the user leaves it."""
        crash = self._crash
        assert crash is not None
        words.debugging(crash)
        with branch_folder() as scratch:
            spec, arguments = journey(crash, "debug", [], str(scratch))
            self._attend(spec, arguments, crash.start.savepoint)

    def _wish(self, waiting: Waiting, run: Run, files: Files) -> Next | str:
        """The next try, or the key of something else that the user wants."""
        patience = _Patience()
        choice: Choice | None = None
        while choice is None:
            edits = files.look()
            if patience.is_over(edits):
                choice = _newest(run)
                continue
            key = waiting.next()
            if key in ("q", "\x04"):
                return _QUIT
            if key == _DEBUG and self._crash is not None:
                return key
            if key == "r":
                choice = Choice()
            elif key in ("\n", "\r"):
                choice = _newest(run)
            elif key == "s":
                choice = _chosen(waiting, run)
        return Next(choice, edits.edited, files.taken())


class _Patience:
    """How long it takes until an edit is a whole one."""

    def __init__(self) -> None:
        self._since = 0.0
        self._told = ""

    def is_over(self, edits: Edits) -> bool:
        if edits.fault is not None:
            if str(edits.fault) != self._told:
                self._told = str(edits.fault)
                words.half_written(edits.fault)
            return False
        if not edits.fading:
            self._since = 0.0
            return bool(edits.edited)
        self._since = self._since or time.monotonic()
        return time.monotonic() - self._since >= _GRACE


def _newest(run: Run) -> Choice | None:
    """The newest savepoint that no edit makes stale; none while a file does not parse."""
    with contextlib.suppress(SyntaxError):
        return choose(run)
    return None


def _chosen(waiting: Waiting, run: Run) -> Choice | None:
    """Have the user choose one of the savepoints before the failure."""
    savepoints = list(islice(candidates(run), words.LISTED))
    words.listing(savepoints, [_is_stale(savepoint) for savepoint in savepoints])
    while savepoints and not (key := waiting.next()):
        pass
    if savepoints and key.isdecimal() and 1 <= int(key) <= len(savepoints):
        return Choice(savepoints[int(key) - 1])
    return None


def _is_stale(savepoint: Savepoint) -> bool:
    with contextlib.suppress(SyntaxError):
        return any(edit.stale for edit in stale_edits(savepoint))
    return False


class _Told(Exception):
    """This process was told to end."""

    def __init__(self, number: int) -> None:
        self.number = number


def _leave(number: int, frame: types.FrameType | None) -> NoReturn:
    raise _Told(number)
