"""Keeping what was changed at a position: a savepoint, in a run that continues the one gone to."""

from __future__ import annotations

import ctypes
import os
import re
import sys
import time
import types
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from midrun.errors import MidrunError
from midrun.past.position import KEPT
from midrun.run.policy import Reason
from midrun.run.saving import Snapshot
from midrun.source.carried import loop_around
from midrun.source.positions import Unknown
from midrun.state.ambient import Ambient
from midrun.state.session import NotNow
from midrun.store import Savepoint, Store
from midrun.store.savepoint import STATE

if TYPE_CHECKING:
    from midrun.run.current import Run

USAGE = "write: %midrun keep NAME"
_NAME = re.compile(r"[\w.-]*[^\W\d][\w.-]*")


class Keeping:
    """What a shell at `frame` can keep. Savepoints go to `store`, each into a run of its own that
    continues `parent` (a RUN:SAVEPOINT, empty for the start of the script); `scratch` is the folder
    that the program writes to meanwhile. `names` are those that the frame sees."""

    def __init__(
        self, run: Run, frame: types.FrameType, store: str, parent: str, scratch: str
    ) -> None:
        self.names: dict[str, Any] = {**frame.f_globals, **frame.f_locals}
        self._run = run
        self._frame = frame
        self._store = Store(Path(store))
        self._parent = parent or None
        self._scratch = scratch
        self._since = time.monotonic()
        run.ambient = [_fixed(entry, run.copies) for entry in run.ambient]

    def command(self, line: str, now: Mapping[str, Any]) -> str:
        """Do `%midrun LINE`, with the names as they are `now` in the shell; what to say of it."""
        verb, _, name = line.strip().partition(" ")
        if verb != "keep" or not _NAME.fullmatch(name.strip()):
            return f"{USAGE}, with letters, digits and - . _ in the name, and at least one letter"
        try:
            return self._keep(name.strip(), now)
        except MidrunError as error:
            return str(error)

    def _keep(self, name: str, now: Mapping[str, Any]) -> str:
        changed = {n: v for n, v in now.items() if n not in self.names or self.names[n] is not v}
        unknown = set_variables(self._frame, changed)
        self.names |= changed
        savepoint = self._save(Reason(f"%midrun keep {name}", name=name))
        left_out = f"; without {', '.join(unknown)}, of which the program knows nothing"
        said = left_out if unknown else ""
        return f"kept as {savepoint.spec}{said}; continue with: midrun resume {name}"

    def _save(self, reason: Reason) -> Savepoint:
        """Raises MidrunError."""
        run = self._run
        scratch, here = run.stored, time.monotonic()
        run.started += here - self._since  # the program did not work meanwhile
        self._since = here
        kept = run.stored = self._store.new_run(run.stored.info, parent=self._parent)
        is_whole = False
        try:
            savepoint = self._take(reason)
            self._refuse_scratch(savepoint)
            kept.update(status=KEPT, elapsed=run.elapsed())
            is_whole = True
        except (Unknown, NotNow) as why:
            raise MidrunError(f"{self._refusal(str(why))}", slug="not-kept") from None
        except OSError as error:
            raise MidrunError(f"nothing is kept: {error}", slug="not-kept") from error
        finally:
            run.stored = scratch
            kept.close()
            if not is_whole:
                self._store.remove(kept.id)
        return savepoint

    def _take(self, reason: Reason) -> Savepoint:
        snapshot = Snapshot(self._run, reason, self._frame)
        snapshot.take()
        assert snapshot.pending is not None
        return snapshot.pending.wait()

    def _refuse_scratch(self, savepoint: Savepoint) -> None:
        """Raise MidrunError if something of the program's lies in the scratch folder for good."""
        state = (savepoint.folder / STATE).read_bytes()
        if os.path.basename(self._scratch).encode() in state:
            raise MidrunError(
                "nothing is kept: the program has a file open that it has written to on the way "
                "here, in a copy that is removed; go to a position before it is opened",
                slug="not-kept",
            )

    def _refusal(self, why: str) -> str:
        frame = self._frame
        place = f"{os.path.relpath(frame.f_code.co_filename)}:{frame.f_lineno}"
        said = f"nothing is kept: no savepoint can be taken at {place}, because {why}"
        head = self._round()
        return (
            f"{said}; try the beginning of the round: midrun goto {head} --shell" if head else said
        )

    def _round(self) -> str | None:
        """The beginning of the innermost round under way outside of all that libraries call."""
        found = None
        frame: types.FrameType | None = self._frame
        while frame is not None and not _is_midruns(frame):
            file = frame.f_code.co_filename
            own = file in self._run.book.own
            found = found or self._head(file, frame.f_lineno) if own else None
            frame = frame.f_back
        return found

    def _head(self, file: str, line: int) -> str | None:
        blocks = self._run.book.blocks
        head = loop_around(self._run.book.own[file], line, blocks.of(file))
        passes = self._run.flags.passes(blocks.known(file, *head)) if head is not None else None
        return f"{os.path.relpath(file)}:{head[0]}#{passes}" if head and passes else None


def _is_midruns(frame: types.FrameType) -> bool:
    return str(frame.f_globals.get("__name__")).partition(".")[0] == "midrun"


def _fixed(entry: Ambient, copies: Mapping[str, str]) -> Ambient:
    """An entry that goes on to give what it gives now, if a shell changes it for itself: what is
    of the interpreter, but for the random numbers."""
    package = entry.module.partition(".")[0]
    if package not in sys.stdlib_module_names or package == "random":
        return entry
    if entry.module not in sys.modules:
        return replace(entry, module=_NEVER)
    value = entry.read()
    return replace(entry, read=lambda: value)


_NEVER = "midrun.no such module"  # of an entry that is neither read nor restored


def set_variables(frame: types.FrameType, values: Mapping[str, Any]) -> list[str]:
    """Give variables that the code of `frame` sees new values. Returns the names of those that it
    does not know."""
    code = frame.f_code
    own = {*code.co_varnames, *code.co_cellvars, *code.co_freevars}
    is_module = frame.f_locals is frame.f_globals
    local = {name: value for name, value in values.items() if name in own and not is_module}
    rest = {name: value for name, value in values.items() if name not in local}
    known = {name: v for name, v in rest.items() if is_module or name in frame.f_globals}
    frame.f_globals.update(known)
    there = frame.f_locals  # up to 3.12 a copy, which each look at it makes anew
    there.update(local)
    if local and sys.version_info < (3, 13):
        ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(0))
    return sorted(rest.keys() - known.keys())
