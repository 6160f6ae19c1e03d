"""`midrun resume` beside a `midrun watch`: its process comes from the keeper of that."""

from __future__ import annotations

import os
import sys

from midrun.loop import words
from midrun.loop.children import Attention, end_by
from midrun.run.spec import Spec
from midrun.store import Savepoint
from midrun.warm.asking import NoKeeper, Setting, start_warm
from midrun.warm.job import Entry, keepers


def continue_warm(spec: Spec, savepoint: Savepoint) -> None:
    """Continue `savepoint` in a process of a keeper, and exit as that does. Returns if there is no
    keeper that fits, after a line if there was one that does not."""
    why = ""
    for entry in reversed(keepers(savepoint.run.store.folder)):
        try:
            _leave(_run(entry, spec, savepoint))
        except NoKeeper as reason:
            why = why or str(reason)
    if why:
        words.say(f"a cold start: {why}")


def _run(entry: Entry, spec: Spec, savepoint: Savepoint) -> int:
    """The exit code of a process of this keeper. Raises NoKeeper if none can be had."""
    if not entry.ready:
        raise NoKeeper("the keeper is not ready yet")
    same = _session(entry.pid) == os.getsid(0)
    sys.stdout.flush()
    sys.stderr.flush()
    with Attention(same_terminal=same) as attention:
        group = os.getpgrp() if same else 0
        attention.child = start_warm(entry.socket, spec, [], savepoint, Setting.own(group))
        return attention.child.wait()


def _session(pid: int) -> int:
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return 0


def _leave(code: int) -> None:
    if code < 0:
        end_by(-code)
    sys.exit(code)
