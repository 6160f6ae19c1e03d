"""The environment variables that the program has set itself.

Many have to be there before a library is imported (CUDA_VISIBLE_DEVICES, OMP_NUM_THREADS), so a
resume puts these back first. A manifest, which people may show to others, holds no others.
"""

from __future__ import annotations

import os


class Environment:
    """Begins with the environment as it is."""

    def __init__(self) -> None:
        self._before = dict(os.environ)

    def changes(self) -> dict[str, str | None]:
        """What is otherwise now; None for a variable that was removed."""
        names = {*self._before, *os.environ}
        return {
            name: os.environ.get(name)
            for name in sorted(names)
            if os.environ.get(name) != self._before.get(name)
        }

    def resume(self, changes: dict[str, str | None]) -> None:
        """Make the changes of a savepoint, which count as the program's own from then on."""
        for name, value in changes.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

    def adopt(self, changes: dict[str, str | None]) -> None:
        """Take the environment as it is, but for these changes, as that before the program."""
        self._before = {n: v for n, v in os.environ.items() if n not in changes}
        self._before |= {n: "" for n, value in changes.items() if value is None}
