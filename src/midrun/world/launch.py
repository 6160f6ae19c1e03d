"""The process that makes a world and then becomes the command that runs in it.

It is started as `python -I -S -c ... ORDER COMMAND...` (see `World.command`), and must leave the
environment, the streams and the signals as it found them.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NoReturn

from midrun.world import guard, overlay
from midrun.world.overlay import Place

FAILED = 125  # as env(1) and timeout(1) have it


@dataclass(frozen=True)
class Order:
    """Which kind of world is to be made, and where."""

    kind: str
    place: Place

    def command(self, argv: list[str]) -> list[str]:
        """The command that makes the world and runs `argv` in it; without `argv`, only tries."""
        package = str(Path(__file__).parents[2])
        code = (
            f"import sys; sys.path.insert(0, {package!r}); "
            f"from {__name__} import launch; launch(sys.argv[1], sys.argv[2:])"
        )
        return [sys.executable, "-I", "-S", "-c", code, json.dumps(asdict(self)), *argv]


def launch(text: str, argv: list[str]) -> NoReturn:
    """Make the world that `text` orders, and become `argv` in it."""
    order = json.loads(text)
    place = Place(**order["place"])
    try:
        if order["kind"] == "overlay":
            overlay.enter(place)
        elif order["kind"] == "guarded":
            guard.enter(place)
    except OSError as error:
        _fail(str(error))
    if not argv:
        sys.exit(0)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # ignored by Python, which would be inherited
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execvp(argv[0], argv)
    except OSError as error:
        _fail(f"{argv[0]}: {error.strerror}")


def _fail(words: str) -> NoReturn:
    print(f"midrun: {words}", file=sys.stderr)
    sys.exit(FAILED)
