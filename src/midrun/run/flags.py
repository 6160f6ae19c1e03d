"""The flags of the checks in the hot form: what a check calls, or None.

A flag is a call of the run until its block is passed for the first time, and of a counter after
that. It stays the run's where the user wants a savepoint each time, and all do where no other way
is left to stop the program.
"""

from __future__ import annotations

import builtins
import functools
import gc
import itertools
import operator
import sys
import types
from collections.abc import Callable
from typing import Any

from midrun.run.passes import Counter
from midrun.source.hot import flag


class Flags:
    """`here` is called at each check whose flag is up, with the number of the block and the frame
    that the check is in. `visits` gives the blocks that are looked at while they are counted: what
    is called, with the pass that begins; see `Counter`."""

    def __init__(self, here: Callable[[int, types.FrameType], None]) -> None:
        def check(number: int) -> None:
            here(number, sys._getframe(1))

        self._spare = spare_builtins()
        self.visits: dict[int, Callable[[int, types.FrameType], int]] = {}
        self._check = check
        self._checks: list[Callable[[], object]] = []
        self._counters: dict[int, Counter] = {}
        self._passes: list[int | None] = []
        self._held: set[int] = set()
        self._all_up = False
        self._ignored: set[Any] | None = None

    def grow(self, count: int) -> None:
        """Make flags for all blocks below number `count`; new ones are up."""
        for number in range(len(self._checks), count):
            self._checks.append(functools.partial(self._check, number))
            self._passes.append(0)
            self._set(number, self._checks[number])
            for spare in self._spare:
                spare[flag(number)] = None

    def hold(self, number: int) -> None:
        """Keep the flag of a block up for good."""
        self._held.add(number)

    def call_next(self, number: int, function: Callable[[], object]) -> None:
        """Have the next check of block `number` call `function`, from the frame of the program that
        the check is in."""
        calls = itertools.chain(map(operator.call, [function]), itertools.repeat(None))
        self._set(number, calls.__next__)

    def raise_all(self) -> None:
        """Put all flags up, until `lower`."""
        self._all_up = True
        for number, check in enumerate(self._checks):
            self._set(number, check)

    def lower(self) -> None:
        """Go back to the ordinary way."""
        self._all_up = False

    def passed(self, number: int) -> None:
        """Block `number` has been passed, and its check has called the run."""
        passes = self._passes[number]
        if passes is not None:
            self._passes[number] = passes + 1
        if not self._all_up and number not in self._held:
            self._count(number)

    def go_on(self, number: int, passes: int | None) -> None:
        """Block `number` had been passed so often, in the run that this one continues; None if that
        is not known."""
        self._passes[number] = passes

    def passes(self, number: int) -> int | None:
        """How often block `number` has been passed; None if that is not known."""
        counter = self._counters.get(number)
        known, counted = self._passes[number], counter.count if counter is not None else 0
        return None if known is None or counted is None else known + counted

    def leave_out(self, config: Any) -> None:
        """Have torch.compile compile the program without the checks: it ignores functions that are
        in this set, and takes what is in `builtins` for constant. `config` is
        `torch._dynamo.config`."""
        name = "ignore_logging_functions"
        self._ignored = getattr(config, name if hasattr(config, name) else "ignore_logger_methods")
        for number in range(len(self._checks)):
            self._ignored.add(builtins.__dict__[flag(number)])

    def drop(self) -> None:
        """Take all flags down for good (in a forked child, and at the end)."""
        for number in range(len(self._checks)):
            builtins.__dict__[flag(number)] = None

    def _count(self, number: int) -> None:
        if self._passes[number] is None:
            self._set(number, None)
            return
        if number not in self._counters:
            visit = self._visit(number) if number in self.visits else None
            self._counters[number] = Counter(lambda: self._count(number), visit=visit)
        self._set(number, self._counters[number].call)

    def _visit(self, number: int) -> Callable[[int, types.FrameType], int]:
        visit = self.visits[number]
        return lambda count, frame: visit((self._passes[number] or 0) + count, frame)

    def _set(self, number: int, call: Callable[[], object] | None) -> None:
        name = flag(number)
        if self._ignored is not None:
            self._ignored.discard(builtins.__dict__.get(name))
            self._ignored.add(call)
        builtins.__dict__[name] = call


@functools.cache
def spare_builtins() -> list[dict[str, Any]]:
    """The copies of `builtins`: the interpreter goes back to one at its end, before it destroys the
    last objects (finalize_restore_builtins_dict in Python/pylifecycle.c), and the code of those
    needs the flags too. Looked for once in a process, and by a keeper before it forks, since they
    are found among all objects."""
    return [
        candidate
        for candidate in gc.get_objects()
        if type(candidate) is dict
        and candidate is not builtins.__dict__
        and candidate.get("__name__") == "builtins"
        and "__build_class__" in candidate
    ]
