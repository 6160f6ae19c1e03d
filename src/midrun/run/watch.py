"""What a run does for `midrun verify`: it counts its checks, saves at given counts, and leaves a
digest of its final state.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from midrun.run.policy import Reason
from midrun.state.digest import digest, random_state

if TYPE_CHECKING:
    from midrun.run.saving import Snapshot
    from midrun.run.stops import Stops


_MOST_SKIPPED = 100  # lines and checks between two tries
_POINT = "point "


def is_point(reason: str) -> bool:
    """Whether a savepoint was taken for `midrun verify`, and not by the script itself."""
    return reason.startswith(_POINT)


class Watch:
    """`folder` takes the digest; `points` are the checks at which to save, each as their count and
    the number of lines that are to run after it; `stop` ends the process after the first savepoint,
    as a kill would; the program stands still for `pause` seconds after the middle one."""

    def __init__(
        self, folder: str, points: list[tuple[int, int]], stop: bool, pause: float = 0.0
    ) -> None:
        self._folder = Path(folder)
        self._points = sorted(points)
        self._stop = stop
        self._pause = pause
        self._after_pause = len(points) // 2
        self._passes = 0
        self._lines = 0
        self._failures = 0
        self._skip = 0

    def passed(self, stops: Stops) -> Reason | None:
        """A check was made; the reason to save, if a point is due."""
        self._passes += 1
        if not self._points or self._passes < self._points[0][0]:
            return None
        next_is_due = len(self._points) > 1 and self._passes >= self._points[1][0]
        if self._points[0][1] and not next_is_due and stops.arm():
            return None
        return self._due()

    def line(self) -> Reason | None:
        """A line is about to run after the check of a point; the reason to save, if it is due."""
        if not self._points:
            return None
        self._lines += 1
        return self._due() if self._lines >= self._points[0][1] else None

    def failed(self) -> None:
        """It could not be taken. By counts, not by time: a script is saved at the same places each
        time, and a long stretch where none can be does not take a try at each line."""
        self._failures += 1
        self._skip = min(self._failures // 4, _MOST_SKIPPED)

    def _due(self) -> Reason | None:
        if self._skip:
            self._skip -= 1
            return None
        count, lines = self._points[0]
        return Reason(f"{_POINT}{count}+{lines}", asked=False)

    def taken(self, snapshot: Snapshot, reason: Reason) -> None:
        """A savepoint was taken: a point's, or one that the script asked for."""
        if not is_point(reason.text):
            return
        del self._points[0]
        self._lines = self._failures = self._skip = 0
        snapshot.wait()
        if self._stop:
            os._exit(0)
        if self._pause and len(self._points) == self._after_pause:
            time.sleep(self._pause)

    def finish(self, passes: dict[str, int | None]) -> None:
        """Write down the final state, and how often each block was passed."""
        state: dict[str, object] = {
            "module": digest(sys.modules["__main__"].__dict__),
            "random": digest(random_state()),
            "counts": {"checks": self._passes, "passes": passes},
        }
        (self._folder / "final.json").write_text(json.dumps(state))
