"""Watching a training for the faults that come only in long runs."""

from __future__ import annotations

import types
from collections.abc import Callable
from functools import partial

from midrun.rehearse.fault import Fault
from midrun.rehearse.loops.activity import Activity
from midrun.rehearse.watching.calls import Calls
from midrun.rehearse.watching.events import Events
from midrun.rehearse.watching.kinds import KINDS
from midrun.rehearse.watching.loading import Loading
from midrun.rehearse.watching.places import Place, Places
from midrun.rehearse.watching.scene import Scene
from midrun.rehearse.watching.seeding import Seeding
from midrun.rehearse.watching.watcher import Watcher
from midrun.rehearse.watching.workers import Blocks, Workers


class Watching:
    """Watches one script in its own process, and counts in `activity` what its models do. `own`
    says whether a file is the user's; `aside` is told the seconds that watching takes, and `blocks`
    are those of its code."""

    def __init__(
        self,
        own: Callable[[str], bool],
        activity: Activity | None = None,
        aside: Callable[[float], None] = lambda seconds: None,
        blocks: Blocks | None = None,
    ) -> None:
        self._activity = activity or Activity()
        self._scene = Scene(Places(own))
        self._events = Events(self._scene, [kind(self._scene) for kind in KINDS], aside)
        self._workers = Workers(self._scene, blocks)

    @property
    def failures(self) -> list[str]:
        """What went wrong in the watching itself, which the script does not notice."""
        return self._events.failures

    @property
    def blocks_in_workers(self) -> set[int]:
        """The numbers of blocks that worker processes ran."""
        self._workers.collect()
        return self._scene.blocks

    def begin(self) -> None:
        """Watch from now on: once, before the script is run. torch may be imported later."""
        Calls(self._events, self._activity).watch()
        Loading(self._events).watch()
        Seeding(self._events).watch()
        self._workers.watch()

    def round(
        self, frame: types.FrameType, file: str, line: int, index: int, length: int | None = None
    ) -> None:
        """A round of the loop at a line begins, in the user's `frame`. `index` counts the rounds
        from 0 and jumps where some are left out; `length` is how many there are, if known."""

        def begin_round() -> None:
            entry, begins = self._scene.loops.round(frame, Place(file, line), index, length)
            self._scene.began_round(entry)
            self._events.tell("round", entry, begins, frame)
            self._scene.round_is_told()

        self._events.safely(begin_round)

    def left(self, file: str, line: int) -> None:
        """The loop at a line has ended, however it did."""

        def leave() -> None:
            entry = self._scene.loops.left(Place(file, line))
            if entry is not None:
                self._scene.left(entry)

        self._events.safely(leave)

    def faults(self) -> list[Fault]:
        """What was found, when the script has ended; also after a crash. In the order of lines,
        each kind of fault once for a line."""
        self._workers.collect()
        found: dict[tuple[str, str, int], Fault] = {}
        for watcher in list(self._events.watchers):
            self._events.safely(partial(_gather, found, watcher))
        return sorted(found.values(), key=lambda fault: (fault.file, fault.line, fault.code))


def _gather(found: dict[tuple[str, str, int], Fault], watcher: Watcher) -> None:
    for fault in watcher.faults():
        found.setdefault((fault.rule, fault.file, fault.line), fault)
