"""When to save: what was asked for, and a budget for what was not.

Savepoints that nobody asked for may take a set share of the run time. They are taken before code
that has never run, since that is where programs under work crash, and now and then. In a training,
most of the share goes to savepoints in memory.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

FIRST_GUESS = 0.05  # seconds that a savepoint takes, before one has been taken
_WORTH_SAVING = 0.25  # seconds of work that are worth a savepoint before new code
_NOW_AND_THEN = 30.0  # seconds between savepoints without a reason
_IN_MEMORY = 1.0  # seconds between savepoints in memory
_SHARE_IN_MEMORY = 0.75  # of the budget, for these
_HEAD_START = 0.5  # seconds of budget that a run begins with, so that a short one gets some too


@dataclass(frozen=True)
class Reason:
    """Why a savepoint is taken. `asked` is true if the user asked for it: then a deferral is told,
    and it does not wait for the budget."""

    text: str
    asked: bool = True
    name: str | None = None
    then: str = ""  # "exit" or "interrupt" after the savepoint
    in_memory: bool = False


@dataclass
class Policy:
    """Decides at each check. All times are in seconds, on one clock."""

    budget: float
    every: float | None
    started: float
    last: float = 0.0
    spent: float = 0.0
    cost: float = FIRST_GUESS
    wanted: list[Reason] = field(default_factory=list)
    in_memory: bool = False  # whether savepoints in memory are of use
    written: float = 0.0  # when the last one was taken that goes to the disk

    def __post_init__(self) -> None:
        self.last = self.written = self.started

    def ask(self, reason: Reason) -> None:
        """Have a savepoint taken at the next check that can."""
        self.wanted.append(reason)

    def due(self, now: float, is_new: bool, writing: bool) -> Reason | None:
        """The reason to save now, if there is one. `is_new` is true before code that has never run,
        `writing` while an earlier savepoint is still on its way to disk."""
        if self.wanted:
            return self.wanted[0]
        since = now - self.written
        if self.every is not None and since >= self.every:
            return Reason(f"every {self.every:g} s", asked=False)
        credit = _HEAD_START + self.budget * (now - self.started) - self.spent
        if writing or self.budget <= 0 or credit < self.cost:
            return None
        if is_new and since >= max(_WORTH_SAVING, 5 * self.cost):
            return Reason("before code that has not run yet", asked=False)
        if since >= max(_NOW_AND_THEN, self.cost / self.budget):
            return Reason("now and then", asked=False)
        if self.in_memory and now - self.last >= self._pause(credit):
            return Reason("close to what comes", asked=False, in_memory=True)
        return None

    def _pause(self, credit: float) -> float:
        """The seconds between two in memory."""
        if credit >= _HEAD_START:  # little was spent so far
            return max(_IN_MEMORY, self.cost / self.budget)
        if credit - _HEAD_START / 2 < self.cost:  # the rest is for those on disk
            return math.inf
        return max(_IN_MEMORY, self.cost / (_SHARE_IN_MEMORY * self.budget))

    def taken(self, reason: Reason, began: float, ended: float) -> None:
        """A savepoint for `reason` was taken and stopped the program from `began` to `ended`."""
        if self.wanted and self.wanted[0] is reason:
            del self.wanted[0]
        self.last = ended
        if not reason.in_memory:
            self.written = ended
        if not reason.asked:
            self.spent += ended - began
        # The mean, since one that finds no memory ready may take ten times as long as the rest.
        self.cost = (self.cost + ended - began) / 2

    def put_off(self, reason: Reason, began: float, ended: float) -> None:
        """It could not be taken here; trying took the time from `began` to `ended`."""
        if not reason.asked:
            self.spent += ended - began
