"""A copy of the world in which a script may change what it likes, and nothing is changed in truth.

The kernel makes it where it can. Else Python's functions are redirected, and the kernel refuses
what gets by them; else there is only the first of these. `World.promise` says what is not held.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from midrun.errors import MidrunError
from midrun.world import changes, mirror
from midrun.world.changes import Layer, Written
from midrun.world.launch import Order
from midrun.world.offline import offline, online
from midrun.world.overlay import Parts, Place

KINDS = ("overlay", "guarded", "sandbox")
_PATIENCE = 30  # seconds; a network's file system that is gone answers never


class World:
    """The world whose changes are kept in the folder `scratch`, which is the world's alone; it is
    empty for who looks from inside. One process at a time runs in it, with all that it starts.

    Folders in `open_to` are the real ones. `below` are worlds of the same kind whose changes are
    seen in it and not changed, the newest first. `kind` is the best that this machine has, or the
    one that is asked for; raises MidrunError if it doesn't have that.
    """

    def __init__(
        self,
        scratch: Path,
        *,
        open_to: Sequence[Path] = (),
        below: Sequence[World] = (),
        kind: str = "",
    ) -> None:
        for folder in (scratch, *open_to):
            folder.mkdir(parents=True, exist_ok=True)
        self._scratch = Path(os.path.realpath(scratch))
        self._place: Place = Place(
            home=str(self._scratch),
            open_to=[os.path.realpath(folder) for folder in open_to],
            below=[world._place.home for world in below],
        )
        self._refusals: dict[str, str] = {}
        kinds = (below[0].kind,) if below else (kind,) if kind else KINDS
        self.kind: str = self._choose(kinds)

    @property
    def promise(self) -> str:
        """What this world can't promise on this machine, in a sentence or two; empty if nothing is
        left that is known."""
        said = [*self._not_held(), *self._not_possible()]
        if sent := online(os.environ):
            said.append(f"What the script reports over the network is sent: {sent[0]} is set.")
        return " ".join(said)

    @property
    def inside(self) -> str:
        """What `inside.enter` is called with, in the process that runs the script."""
        return json.dumps(
            {"kind": self.kind, "place": asdict(self._place), "devices": self._devices()}
        )

    def command(self, argv: Sequence[str]) -> list[str]:
        """The command that runs `argv` in the world. The process becomes `argv`."""
        if self.kind == "sandbox":
            return list(argv)
        return Order(self.kind, self._place).command(list(argv))

    def environment(self, environment: Mapping[str, str]) -> dict[str, str]:
        """That environment for a process in the world: services don't hear of it, and temporary
        files go where programs can write them."""
        if self.kind == "overlay":
            return offline(environment)
        return offline(environment) | {"TMPDIR": str(self._temporary())}

    def written(self) -> list[Written]:
        """The files that were made or changed, by their real paths."""
        return [written for layer in self._layers() for written, _ in layer.written()]

    def removed(self) -> list[Path]:
        """What is gone in the world and still there in truth."""
        return [path for layer in self._layers() for path in layer.removed()]

    def copy_to(self, folder: Path) -> None:
        """Copy what was written to a folder, each file under its whole path."""
        changes.copy_to(self._layers(), folder)

    def discard(self) -> None:
        """Remove it, with all that was written in it."""
        for home in {self._scratch, Path(self._place.home)}:
            changes.discard(home)

    def _choose(self, kinds: Iterable[str]) -> str:
        for kind in kinds:
            if self._try(kind):
                return kind
        kind, reason = next(iter(self._refusals.items()))
        raise MidrunError(
            f"this machine can't make a scratch world of the kind {kind!r}: {reason}; leave out "
            "the kind, and midrun takes the best that there is",
            slug="no-world",
        )

    def _try(self, kind: str) -> bool:
        """Make one, and nothing in it: whether that works is not told by any version."""
        if kind == "overlay":
            return any(self._try_in(home) for home in self._homes())
        mirror.prepare(self._scratch)
        self._temporary().mkdir(exist_ok=True)
        return kind == "sandbox" or self._tried(Order(kind, self._place))

    def _homes(self) -> Iterable[str]:
        """Where changes could be kept: the kernel does not take a folder on each file system."""
        yield str(self._scratch)
        for folder in (None, "/var/tmp"):
            try:
                yield tempfile.mkdtemp(prefix="midrun-world-", dir=folder)
            except OSError:
                continue

    def _try_in(self, home: str) -> bool:
        place = Place(home, self._place.open_to, self._place.below)
        if not self._tried(Order("overlay", place)):
            if home != str(self._scratch):
                changes.discard(Path(home))
            return False
        self._place = place
        return True

    def _tried(self, order: Order) -> bool:
        try:
            done = subprocess.run(
                order.command([]), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, text=True, check=False, timeout=_PATIENCE,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            self._refusals.setdefault(order.kind, f"no answer in {_PATIENCE} s")
            return False
        if done.returncode:
            last = done.stderr.strip().splitlines()[-1:]
            self._refusals.setdefault(order.kind, "".join(last).removeprefix("midrun: "))
        return done.returncode == 0

    def _layers(self) -> list[Layer]:
        if self.kind == "overlay":
            uppers = Parts.read(self._place.home).uppers
            return [Layer(folder, upper) for folder, upper in uppers.items()]
        upper, gone = mirror.layer(self._place.home)
        return [Layer("/", upper, gone)]

    def _temporary(self) -> Path:
        return self._scratch / "tmp"

    def _devices(self) -> dict[str, int]:
        """The real file system of each overlay, by its device number."""
        if self.kind != "overlay":
            return {}
        return {folder: os.stat(folder).st_dev for folder in Parts.read(self._place.home).uppers}

    def _not_held(self) -> list[str]:
        if self.kind == "overlay":
            return []
        reason = self._refusals.get("overlay", "")
        because = f" ({reason})" if reason else ""
        if self.kind == "guarded":
            return [
                f"This machine does not let midrun overlay its files{because}: what Python writes "
                "goes to the scratch folder; programs that the script starts, and libraries that "
                "write from C, fail where they write, and can change the modes and times of files."
            ]
        return [
            f"This machine does not let midrun overlay its files{because}: only what Python writes "
            "goes to the scratch folder; programs that the script starts, and libraries that write "
            "from C, change the real files."
        ]

    def _not_possible(self) -> list[str]:
        if self.kind != "overlay":
            return []
        parts = Parts.read(self._place.home)
        said = []
        if parts.readonly:
            said.append(f"Nothing can be written directly in {_named(parts.readonly)}.")
        if parts.foreign:
            said.append(f"Files of other groups can't be changed: {_named(parts.foreign)}.")
        return said


def _named(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return ", ".join(paths[:3]) + more
