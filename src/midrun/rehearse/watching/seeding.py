"""Where global random generators are seeded, told as events."""

from __future__ import annotations

import functools
import random
import sys
import types
import zlib
from collections.abc import Callable
from typing import Any

from midrun.rehearse.watching.events import Events
from midrun.rehearse.watching.lines import is_in_helper
from midrun.run.imports import after_import

# By library: the module, the function that seeds, and the one that puts a state back.
_FUNCTIONS = (
    ("random", "random", "seed", "setstate"),
    ("torch", "torch", "manual_seed", "set_rng_state"),
    ("torch", "torch.random", "manual_seed", "set_rng_state"),
    ("numpy", "numpy.random", "seed", "set_state"),
)


class Seeding:
    """Tells of the calls of these functions."""

    def __init__(self, events: Events) -> None:
        self._events = events
        self._wrapped: dict[int, Callable[..., Any]] = {}

    def watch(self) -> None:
        """Tell of them from now on."""
        for library, module, seed, restore in _FUNCTIONS:
            after_import(module, self._wrapping(library, seed, restore))

    def _wrapping(
        self, library: str, seed: str, restore: str
    ) -> Callable[[types.ModuleType], None]:
        def wrap(module: types.ModuleType) -> None:
            names = vars(module)
            for name, way in ((seed, self._seeding), (restore, self._restoring)):
                if id(names[name]) not in self._wrapped:  # torch has these of torch.random
                    names[name] = found = way(library, names[name])
                    self._wrapped[id(found)] = found

        return wrap

    def _seeding(self, library: str, original: Callable[..., Any]) -> Callable[..., Any]:
        events = self._events

        @functools.wraps(original)
        def seeding(*args: Any, **kwargs: Any) -> Any:
            given = next(iter((*args, *kwargs.values())), None)
            place = events.scene.places.here(but_for=is_in_helper)
            events.tell("seeding", library, given, place)
            result = original(*args, **kwargs)
            events.tell("seeded", library)
            return result

        return seeding

    def _restoring(self, library: str, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def restoring(*args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs)
            self._events.tell("restored", library)
            return result

        return restoring


def digest(library: str) -> int:
    """A checksum of the state of a library's global generator."""
    if library == "random":
        return zlib.crc32(repr(random.getstate()).encode())
    if library == "numpy":
        _, key, *rest = sys.modules["numpy"].random.get_state()
        return zlib.crc32(key.tobytes() + repr(rest).encode())
    state = sys.modules["torch"].default_generator.get_state()
    return zlib.crc32(state.numpy().tobytes())
