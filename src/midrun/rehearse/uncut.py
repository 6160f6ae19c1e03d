"""Training that goes on in a loop that is not cut: most likely that of a package. It would take as
long as the whole run, so the rehearsal is given up there."""

from __future__ import annotations

import itertools
import sys
import time
import types
from collections.abc import Callable, Iterator

from midrun.rehearse.fault import Fault
from midrun.rehearse.frameworks import FRAMEWORKS

_SECONDS = 60.0  # of training outside of all loops
_PASSES = 100  # backward passes in that time, at least
_NOT_IT = ("torch", "midrun")


class Uncut:
    """Counts backward passes outside of `loops` that are cut. `own` says whether a file is the
    user's; `give_up` is called with what is to be told, after a while."""

    def __init__(
        self,
        loops: Callable[[], bool],
        own: Callable[[str], bool],
        give_up: Callable[[Fault], None],
    ) -> None:
        self._loops = loops
        self._own = own
        self._give_up = give_up
        self._count = 0
        self._since = 0.0

    def loss(self) -> None:
        """A backward pass begins."""
        if self._loops():
            self._count = 0
            return
        now = time.monotonic()
        self._since = self._since if self._count else now
        self._count += 1
        if self._count >= _PASSES and now - self._since > _SECONDS:
            self._count = 0
            found = next(self._packages(sys._getframe(1)), None)
            if found is not None:
                package, file, line = found
                self._give_up(_not_cut(package, file, line))

    def _packages(self, frame: types.FrameType | None) -> Iterator[tuple[str, str, int]]:
        """The packages that the user's lines call, the outermost first, with the line."""
        frames: list[types.FrameType] = []
        while frame is not None:
            frames.append(frame)
            frame = frame.f_back
        for inner, outer in reversed([*itertools.pairwise(frames)]):
            package = str(inner.f_globals.get("__name__", "")).partition(".")[0]
            file = outer.f_code.co_filename
            leads_out = self._own(file) and not self._own(inner.f_code.co_filename)
            if leads_out and package not in _NOT_IT:
                yield package, file, outer.f_lineno


def _not_cut(package: str, file: str, line: int) -> Fault:
    known = any(name.partition(".")[0] == package for name in FRAMEWORKS)
    what = "in another function of it than those that midrun knows" if known else "a loop of it"
    return Fault(
        "not-cut", file, line,
        f"{package} trains in {what}, which is not cut short; it was given up after "
        f"{_SECONDS:.0f} s",
    )  # fmt: skip
