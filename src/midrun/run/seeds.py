"""Fixed seeds for runs that are compared (`midrun verify`)."""

from __future__ import annotations

import random

from midrun.run.imports import after_import


def seed_all(seed: int) -> None:
    """Seed the generators that otherwise draw their seed from the system: Python's now, NumPy's and
    torch's as soon as they have been imported."""
    random.seed(seed)
    seed_on_import(seed)


def seed_on_import(seed: int) -> None:
    """The same for what has not been imported yet (in a resumed run)."""
    after_import(
        {
            "numpy": lambda numpy: numpy.random.seed(seed % (1 << 32)),
            "torch": lambda torch: torch.manual_seed(seed),
        }
    )
