"""What NumPy said while data were made ready: where it divided by zero, and the like."""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Callable

from midrun.numerics.finding import Finding, Line
from midrun.numerics.places import Place, Places
from midrun.run.imports import after_import

_KINDS = ("divide", "over", "invalid")
_MOST = 2  # places that are told


class Arrays:
    """Takes note of NumPy's floating-point errors, which are warnings unless the program says
    otherwise. `is_own` tells the program's files."""

    def __init__(self, is_own: Callable[[str], bool]) -> None:
        self._places = Places(is_own)
        self._errors: dict[Place, str] = {}

    def watch(self) -> None:
        """From now on, or from when NumPy is imported."""
        after_import("numpy", self._ask)

    def tell(self, found: Finding) -> None:
        """Add what was seen to a finding about data."""
        errors = [*self._errors.items()][:_MOST]
        for place, error in errors:
            found.reason += f"; NumPy: {error} at {_short(place)}"
        found.also = [*(Line.of(place) for place, _ in errors), *found.also]

    def _ask(self, numpy: types.ModuleType) -> None:
        numpy.seterrcall(self._note)
        numpy.seterr(**dict.fromkeys(_KINDS, "call"))

    def _note(self, error: str, flag: int) -> None:
        place = self._places.innermost(sys._getframe(1))
        if place is not None:
            self._errors.setdefault(place, error)


def _short(place: Place) -> str:
    return f"{os.path.basename(place.file)}:{place.line}"
