"""Save a running Python program to disk, mend its code, and continue from that spot.

The layers, each of which knows only those above it:

- `source`: what can be known from source text: positions, the hot and the continuing form, edits
- `state`: frames, objects and ambient state as data
- `store`: runs, savepoints and blobs on disk
- `run`: launching a script, when to save, resuming
- `verify`, `numerics`, `report`: features on top
- `cli`: the command line
"""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from midrun.errors import MidrunError

if TYPE_CHECKING:
    from midrun.numerics.standalone import Sight

__all__ = ["MidrunError", "__version__", "microscope", "savepoint"]
__version__ = "0.1.0"


def savepoint(name: str | None = None) -> None:
    """Save the whole program here, under `name` if one is given.

    Without midrun's launcher (`midrun run`) it does nothing, so it can stay in the code. Where no
    savepoint can be taken, one is taken at the next place that can, and midrun says so.
    """
    from midrun.run import boot

    if boot.current is not None:
        boot.current.savepoint(name, sys._getframe())


def microscope(model: Any = None, *, show: bool = True) -> AbstractContextManager[Sight]:
    """Watch every operation of torch in a `with` block, and tell where a NaN in it began.

        with midrun.microscope(model) as sight:
            loss = criterion(model(x), y)
            loss.backward()

    At the end of the block the gradients and parameters of `model` (and of whatever `backward`
    reached), and the last single number, are looked at. If any is NaN or infinite, the first bad
    operation and its cause go to stderr, if `show`, and to `sight.finding` (see docs/nan.md). The
    forward pass belongs into the block, too: else its lines are not known. Slows down the block
    2 to 10 times. Works without `midrun run`; torch must be there.
    """
    from midrun.numerics.standalone import look

    return look(model, show=show)
