"""Save a running Python program to disk, mend its code, and continue from that spot.

The layers, each of which knows only those above it:

- `source`: what can be known from source text: positions, the hot and the continuing form, edits
- `state`: frames, objects and ambient state as data
- `store`: runs, savepoints and blobs on disk
- `run`: launching a script, when to save, resuming
- `verify`, `report`: features on top
- `cli`: the command line
"""

from __future__ import annotations

import sys

from midrun.errors import MidrunError

__all__ = ["MidrunError", "__version__", "savepoint"]
__version__ = "0.1.0"


def savepoint(name: str | None = None) -> None:
    """Save the whole program here, under `name` if one is given.

    Without midrun's launcher (`midrun run`) it does nothing, so it can stay in the code. Where no
    savepoint can be taken, one is taken at the next place that can, and midrun says so.
    """
    from midrun.run import boot

    if boot.current is not None:
        boot.current.savepoint(name, sys._getframe())
