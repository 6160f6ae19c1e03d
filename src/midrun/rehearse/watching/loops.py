"""The loops of the user's code that are under way, told round by round."""

from __future__ import annotations

import types
from dataclasses import dataclass, field

from midrun.rehearse.watching.places import Place


@dataclass
class LoopLength:
    """How many rounds a loop has each time. `given` says that the loop itself tells; without, it is
    the number of the last round that was seen, and one, which is all once it has `ended`. `visited`
    counts the rounds that were run, of all times."""

    rounds: int = 0
    given: bool = False
    ended: bool = False
    visited: int = 0

    @property
    def is_sure(self) -> bool:
        """Whether there are not more."""
        return self.given or self.ended

    def saw(self, index: int, length: int | None) -> None:
        """A round begins."""
        self.visited += 1
        if length is not None:
            self.rounds, self.given = max(length, index + 1), True
        elif not self.given:
            self.rounds = max(self.rounds, index + 1)


@dataclass(eq=False)
class Entry:
    """One time that the program has come to a loop. `place` is the loop, `visited` how many rounds
    were run, `index` the number of the one under way, which jumps where rounds are left out, as it
    did for this round if it is `after_gap`, and for this one or the one before if it is `near_gap`;
    `backwards`, `steps` and `optimizers` count the backward passes, the steps of optimizers and the
    optimizers made in it, `learned` the rounds before this one with such steps. `batch` are the
    loaders that the round has its data from."""

    place: Place
    around: Entry | None
    length: LoopLength
    frame: int
    index: int = 0
    visited: int = 0
    after_gap: bool = False
    near_gap: bool = False
    backwards: int = 0
    steps: int = 0
    learned: int = 0
    optimizers: int = 0
    batch: tuple[object, ...] = field(default=(), repr=False)
    _steps_before: int = 0

    def begin_round(self, index: int) -> None:
        """Another round begins."""
        after_gap = self.visited > 0 and index > self.index + 1
        self.near_gap, self.after_gap = after_gap or self.after_gap, after_gap
        self.index = index
        self.visited += 1
        self.learned += self.steps > self._steps_before
        self._steps_before = self.steps

    def outwards(self) -> list[Entry]:
        """This one, and those around it."""
        found: list[Entry] = []
        entry: Entry | None = self
        while entry is not None:
            found.append(entry)
            entry = entry.around
        return found


class Loops:
    """The stack of loops. No frame is held, as that would keep its variables alive."""

    def __init__(self) -> None:
        self.innermost: Entry | None = None
        self.lengths: dict[Place, LoopLength] = {}

    def outwards(self) -> list[Entry]:
        """The loops that are under way, from the innermost outwards."""
        return self.innermost.outwards() if self.innermost is not None else []

    def round(
        self, frame: types.FrameType, place: Place, index: int, length: int | None
    ) -> tuple[Entry, bool]:
        """A round begins; also says whether the loop does."""
        entry = next(
            (e for e in self.outwards() if e.place == place and e.frame == id(frame)), None
        )
        begins = entry is None or index <= entry.index
        if entry is None:
            entry = Entry(place, self._around(frame), self._length(place), id(frame))
        elif begins:
            entry = Entry(place, entry.around, entry.length, id(frame))
        entry.begin_round(index)
        entry.length.saw(index, length)
        self.innermost = entry
        return entry, begins

    def left(self, place: Place) -> Entry | None:
        """A loop has ended, and those in it that did not say so."""
        entry = next((e for e in self.outwards() if e.place == place), None)
        if entry is not None:
            self.innermost = entry.around
            entry.length.ended = True
        return entry

    def _length(self, place: Place) -> LoopLength:
        return self.lengths.setdefault(place, LoopLength())

    def _around(self, frame: types.FrameType) -> Entry | None:
        """The innermost loop that is still under way where a new one begins: one that was left by
        an exception or a return did not say so."""
        alive: set[int] = set()
        outer: types.FrameType | None = frame
        while outer is not None:
            alive.add(id(outer))
            outer = outer.f_back
        return next((e for e in self.outwards() if e.frame in alive), None)
