"""What `midrun watch` says between the tries, on standard error."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Sequence

from midrun.loop.choice import Next
from midrun.past.position import Found
from midrun.run.ending import duration
from midrun.store import Run, Savepoint

LISTED = 9  # savepoints, one key each
_NAMED = 3  # edited files
_KEYS = (("enter", "go"), ("s", "list"), ("r", "restart"), ("p", "debug"), ("q", "quit"))


def say(text: str) -> None:
    """A line of midrun's own."""
    print(f"midrun: {text}", file=sys.stderr, flush=True)


def rule(text: str) -> None:
    """The line that tells the output of a try from that of the one before."""
    dash = "─" if _can("─") else "-"
    print(f"{dash * 2} {text} ".ljust(_width() - 1, dash), file=sys.stderr, flush=True)


def ended(code: int, run: Run, newest: Savepoint | None) -> None:
    """A try has failed; where the next one will start, as things are."""
    if newest is None:
        say(f"{_failure(code)}, before any savepoint: a retry starts again")
        return
    lost = ""
    if newest.run.id == run.id and "elapsed" in run.info:
        lost = f", {duration(run.info['elapsed'] - newest.manifest['elapsed'])} before the end"
    say(f"{_failure(code)}; a retry starts at {place(newest)}{lost}")


def _failure(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    return "interrupted" if code == -signal.SIGINT else f"ended by {signal.Signals(-code).name}"


def invite(keys: bool, *, crash: bool) -> None:
    """What the user can do now; in 40 columns."""
    say("save an edit to retry")
    if keys:
        told = [f"{key}:{word}" for key, word in _KEYS if crash or word != "debug"]
        wide = "  ".join(told)
        print(wide if len(wide) < _width() else " ".join(told), file=sys.stderr, flush=True)


def debugging(crash: Found) -> None:
    """The debugger is about to open."""
    rule(f"debugger at {crash.position}, {crash.start}")


def farewell(newest: Savepoint | None) -> None:
    """The user wants no more."""
    if newest is not None:
        say(f"go on later with: midrun resume {newest.spec}")


def half_written(error: SyntaxError) -> None:
    where = os.path.relpath(error.filename or "")
    say(f"{where}:{error.lineno}: {error.msg}; waiting until it parses")


def going_on(number: int, following: Next) -> None:
    """Which edits the next try takes, and from where."""
    paths = following.edited
    names = ", ".join(os.path.relpath(path) for path in paths[:_NAMED])
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    when = " meanwhile" if following.meanwhile else ""
    what = f"{names}{more} edited{when}, " if paths else ""
    saved = following.choice.savepoint
    if saved is None:
        where = "from the start"
    else:
        where = f"from {place(saved)}, {duration(saved.manifest['elapsed'])} into the run"
    if following.choice.blamed is not None:
        say(f"newer savepoints are stale: {following.choice.blamed}")
    rule(f"try {number}: {what}{where}")


def listing(savepoints: Sequence[Savepoint], stale: Sequence[bool]) -> None:
    """The savepoints to choose from, a line each, newest first."""
    if not savepoints:
        say("there is no savepoint yet")
        return
    for number, (saved, is_stale) in enumerate(zip(savepoints, stale, strict=True), 1):
        name = f" {saved.name}" if saved.name else ""
        mark = " (stale)" if is_stale else ""
        after = duration(saved.manifest["elapsed"])
        print(f"{number}  {place(saved)}{name}, {after}{mark}", file=sys.stderr)
    print(f"1-{len(savepoints)}:go on there  other:back", file=sys.stderr, flush=True)


def place(savepoint: Savepoint) -> str:
    position = savepoint.manifest["position"]
    return f"{os.path.relpath(position['file'])}:{position['line']}"


def _width() -> int:
    return shutil.get_terminal_size((80, 24)).columns


def _can(text: str) -> bool:
    try:
        text.encode(sys.stderr.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True
