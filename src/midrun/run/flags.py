"""The flags of the checks in the hot form.

A flag is up until its block is passed for the first time. It stays up where the user wants a
savepoint each time, and all do where no other way is left to stop the program.
"""

from __future__ import annotations

import builtins
import functools
import gc
import sys
import types
from collections.abc import Callable
from typing import Any

from midrun.source.hot import HERE, flag


class Flags:
    """`here` is called at each check whose flag is up, with the number of the block and the frame
    that the check is in."""

    def __init__(self, here: Callable[[int, types.FrameType], None]) -> None:
        def check(number: int) -> None:
            here(number, sys._getframe(1))

        self._spare = spare_builtins()
        self._check = check
        builtins.__dict__[HERE] = check
        for spare in self._spare:
            spare[HERE] = _nowhere
        self._names: list[str] = []
        self._held: set[int] = set()
        self._all_up = False

    def grow(self, count: int) -> None:
        """Make flags for all blocks below number `count`; new ones are up."""
        for number in range(len(self._names), count):
            self._names.append(flag(number))
            builtins.__dict__[self._names[number]] = True
            for spare in self._spare:
                spare[self._names[number]] = None

    def hold(self, number: int) -> None:
        """Keep the flag of a block up for good."""
        self._held.add(number)

    def raise_all(self) -> None:
        """Put all flags up, until `lower`."""
        self._all_up = True
        for name in self._names:
            builtins.__dict__[name] = True

    def lower(self) -> None:
        """Go back to the ordinary way."""
        self._all_up = False

    def passed(self, number: int) -> None:
        """Block `number` has been passed: take its flag down."""
        if not self._all_up and number not in self._held:
            builtins.__dict__[self._names[number]] = None

    def leave_out(self, config: Any) -> None:
        """Have torch.compile compile the program without the checks: it ignores functions that are
        in this set, and takes what is in `builtins` for constant. `config` is
        `torch._dynamo.config`."""
        name = "ignore_logging_functions"
        getattr(config, name if hasattr(config, name) else "ignore_logger_methods").add(self._check)

    def drop(self) -> None:
        """Take all flags down for good (in a forked child, and at the end)."""
        for name in self._names:
            builtins.__dict__[name] = None
        builtins.__dict__[HERE] = _nowhere


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


def _nowhere(number: int) -> None:
    """What checks call when nobody wants to know."""
