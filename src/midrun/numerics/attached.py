"""What watches a branch, in its process: it sees each step, writes one answer, and ends there."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from midrun.run.sentinel import Alarm, Sentinel
from midrun.run.steps import watch_steps

if TYPE_CHECKING:
    from midrun.run.current import Run


class Attached(Sentinel):
    """A sentinel that raises no alarm. `out` is the file that takes the answer."""

    def __init__(self, run: Run, out: str) -> None:
        super().__init__(Alarm(), run.own.has_file)
        self._out = out

    def attach(self, run: Run) -> None:
        """Be told of what happens in `run`."""
        run.sentinel = self
        watch_steps(self)

    def answer(self, value: Any) -> NoReturn:
        """Write the answer, as JSON, and end the process."""
        Path(self._out).write_text(json.dumps(value, default=str))
        os._exit(0)
