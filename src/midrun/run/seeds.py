"""Fixed seeds for runs that are compared (`midrun verify`)."""

from __future__ import annotations

import importlib.util
import random


def seed_all(seed: int) -> None:
    """Seed the generators that would otherwise draw their seed from the system. torch's own begins
    with a constant."""
    random.seed(seed)
    if importlib.util.find_spec("numpy") is not None:
        import numpy

        numpy.random.seed(seed % (1 << 32))
