"""Fixed seeds for runs that are compared (`midrun verify`)."""

from __future__ import annotations

import importlib
import random
from typing import Any

from midrun.run.imports import after_import


def seed_all(seed: int) -> None:
    """Seed the generators that otherwise draw their seed from the system: Python's now, NumPy's and
    torch's as soon as they have been imported."""
    random.seed(seed)
    seed_on_import(seed)


def seed_on_import(seed: int) -> None:
    """The same for what has not been imported yet (in a resumed run)."""

    def seed_numpy(numpy: Any) -> None:
        importlib.import_module("numpy.random").seed(seed % (1 << 32))

    def seed_torch(torch: Any) -> None:
        torch.manual_seed(seed)

    after_import("numpy", seed_numpy)
    after_import("torch", seed_torch)
