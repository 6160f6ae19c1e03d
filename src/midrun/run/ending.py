"""The end of a run: the script's own traceback, then what midrun has to say."""

from __future__ import annotations

import contextlib
import os
import sys
import types
from collections.abc import Container
from typing import TYPE_CHECKING

from midrun.run import inventory
from midrun.run.saving import seen

if TYPE_CHECKING:
    from midrun.run.current import Run

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Ending:
    """How `run` ends."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def show(self, error: BaseException) -> None:
        """Print the traceback as Python does, without the frames that started the script."""
        if self._run.sentinel is not None and self._run.sentinel.expects(error):
            return
        traceback = without_own_frames(error.__traceback__)
        error.__traceback__ = traceback
        sys.last_type, sys.last_value, sys.last_traceback = type(error), error, traceback
        if sys.version_info >= (3, 12):
            sys.last_exc = error
        try:
            sys.excepthook(type(error), error, traceback)
        except SystemExit:
            raise
        except BaseException:
            sys.__excepthook__(type(error), error, traceback)

    def leave(self, error: BaseException | None) -> None:
        """Finish writing; after a crash, say how to go on."""
        run = self._run
        if run.sentinel is not None:
            run.sentinel.end(error)
        if run.journal is not None:
            run.journal.end(error)
        run.end()
        run.finish_writing(from_memory=error is not None)
        if run.watch is not None:
            run.watch.finish(_passes(run))
        self._note_end(error)
        status = "finished" if error is None else "crashed"
        with contextlib.suppress(OSError):  # a full disk is no fault of the script
            run.stored.update(status=status, error=_summary(error), elapsed=run.elapsed())
        if run.watched:
            inventory.leave(run, error)
            return  # `midrun watch` has the last word
        newest = run.newest
        if error is None or newest is None:
            return
        lost = run.elapsed() - newest.manifest["elapsed"]
        position = newest.manifest["position"]
        place = f"{os.path.relpath(position['file'])}:{position['line']}"
        saved = duration(newest.manifest["elapsed"])
        run.say(f"the newest savepoint is at {place}, {duration(lost)} before the crash")
        run.say(f"mend the code, then go on from there, {saved} into the run: midrun resume")

    def _note_end(self, error: BaseException | None) -> None:
        """Keep how often each block was passed in all, how far the training was, and where it
        crashed."""
        run = self._run
        with contextlib.suppress(OSError):
            sources = {p: run.stored.keep_source(s.text) for p, s in run.book.own.items()}
            crash = [] if error is None else _places(error.__traceback__, run.book.own)
            training = vars(run.sentinel.count) if run.sentinel is not None else None
            facts = {"seen": seen(run), "sources": sources, "crash": crash, "training": training}
            run.stored.note_end(facts)


def _passes(run: Run) -> dict[str, int | None]:
    """How often each block was passed, by FILE:LINE:COLUMN."""
    places = enumerate(run.book.blocks.places)
    return {"{}:{}:{}".format(*place): run.flags.passes(number) for number, place in places}


def _places(
    traceback: types.TracebackType | None, own: Container[str]
) -> list[tuple[str, int, str]]:
    """File, line and function of the program's own frames, the innermost last."""
    found = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if code.co_filename in own:
            found.append((code.co_filename, traceback.tb_lineno, code.co_qualname))
        traceback = traceback.tb_next
    return found


def without_own_frames(traceback: types.TracebackType | None) -> types.TracebackType | None:
    """The traceback without the frames that started the script, and those of midrun in it."""
    if traceback is None:
        return None
    traceback.tb_next = without_own_frames(traceback.tb_next)
    is_own = traceback.tb_frame.f_code.co_filename.startswith(_PACKAGE + os.sep)
    return traceback.tb_next if is_own else traceback


def duration(seconds: float) -> str:
    """Seconds for people: `0.4 s`, `25 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, seconds = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {seconds} s"
    return f"{minutes // 60} h {minutes % 60} min"


def _summary(error: BaseException | None) -> str | None:
    return None if error is None else f"{type(error).__name__}: {error}"[:500]
