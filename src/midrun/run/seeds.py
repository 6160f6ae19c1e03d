"""The seeds of a run: of the generators that otherwise draw theirs from the system.

Each run draws one for them all, and keeps it, so that a run that is repeated from its start (to see
where a NaN comes from, or by `midrun verify`) has the same numbers.
"""

from __future__ import annotations

import random
from typing import Any

from midrun.run.imports import after_import


def draw_seed() -> int:
    """A new one."""
    return random.SystemRandom().randrange(1 << 63)


def seed_all(seed: int) -> None:
    """Seed the generators that otherwise draw their seed from the system: Python's now, NumPy's and
    torch's as soon as they have been imported."""
    random.seed(seed)
    seed_on_import(seed)


def seed_on_import(seed: int) -> None:
    """The same for what has not been imported yet (in a resumed run)."""

    def seed_numpy(numpy_random: Any) -> None:
        numpy_random.seed(seed % (1 << 32))

    def seed_torch(torch: Any) -> None:
        torch.default_generator.manual_seed(seed)  # that of the CPU; others begin with a fixed one

    after_import("numpy.random", seed_numpy)
    after_import("torch", seed_torch)
