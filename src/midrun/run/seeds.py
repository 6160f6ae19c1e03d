"""The seeds of a run: of the generators that otherwise draw theirs from the system.

Each run draws one for them all, and keeps it, so that a run that is repeated from its start (to see
where a NaN comes from, or by `midrun verify`) has the same numbers.
"""

from __future__ import annotations

import os
import random
import sys
from typing import Any

from midrun.run.imports import after_import

_BITS = 128  # that NumPy draws at a time (`SeedSequence`, with a pool of its usual size)


def draw_seed() -> int:
    """A new one."""
    return random.SystemRandom().randrange(1 << 63)


class Entropy:
    """What NumPy takes from the system for each generator that is given no seed, such as
    `np.random.default_rng()`. It has been taken `drawn` times."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._pid = os.getpid()
        self.go_on(0)

    def go_on(self, drawn: int) -> None:
        """The program continues from where it had drawn so often. What builds it up again draws,
        too."""
        self.drawn = 0
        self._random = random.Random(self._seed)
        for _ in range(drawn):
            self.draw(_BITS)

    def draw(self, bits: int) -> int:
        """In the place of `secrets.randbits`."""
        if os.getpid() != self._pid:
            self._begin_in_child()
        self.drawn += 1
        return self._random.getrandbits(bits)

    def _begin_in_child(self) -> None:
        """No two processes may have the same numbers: a worker has those of its number, any other
        child has the system's."""
        processes: Any = sys.modules.get("multiprocessing.process")
        number = getattr(processes.current_process(), "_identity", ()) if processes else ()
        own = random.Random(f"{self._seed} {self.drawn} {number}")
        self._random = own if number else random.SystemRandom()
        self._pid = os.getpid()


def seed_all(seed: int) -> Entropy:
    """Seed the generators that otherwise draw their seed from the system: Python's now, NumPy's and
    torch's as soon as they have been imported."""
    random.seed(seed)
    return seed_on_import(seed)


def seed_on_import(seed: int) -> Entropy:
    """The same for what has not been imported yet (in a resumed run)."""
    entropy = Entropy(seed)

    def seed_numpy(numpy_random: Any) -> None:
        numpy_random.seed(seed % (1 << 32))
        vars(numpy_random.bit_generator)["randbits"] = entropy.draw

    def seed_torch(torch: Any) -> None:
        torch.default_generator.manual_seed(seed)  # that of the CPU; others begin with a fixed one

    after_import("numpy.random", seed_numpy)
    after_import("torch", seed_torch)
    return entropy
