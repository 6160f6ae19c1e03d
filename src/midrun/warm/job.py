"""What a keeper is to hold, and what it says of itself: plain data in files."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from midrun.store.files import replace_file
from midrun.store.locks import is_held

_FOLDER = "keepers"  # in the store: a file for each keeper
_LOCK = ".lock"


@dataclass
class Job:
    """`interpreter` is its command. `modules` are to be imported, found on `path` too; `cold` are
    packages that are not, each with the reason. `environ` is the environment for it. `roots` and
    `through` tell the program's own files, as in a run. `store` is where the keeper enters itself,
    `socket` where it is asked; after `idle` seconds without work it ends."""

    interpreter: list[str]
    store: str
    socket: str
    roots: list[str]
    through: list[str]
    hash_seed: str
    environ: dict[str, str]
    argv: list[str] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    modules: list[str] = field(default_factory=list)
    cold: dict[str, str] = field(default_factory=dict)
    idle: float = 600.0

    def started_in(self) -> dict[str, str]:
        """The environment of the keeper itself."""
        return self.environ | {"PYTHONHASHSEED": self.hash_seed.removeprefix("user ")}

    def write(self, path: Path) -> None:
        replace_file(path, json.dumps(asdict(self)).encode())

    @classmethod
    def read(cls, path: Path) -> Job:
        return cls(**json.loads(path.read_bytes()))


@dataclass
class Held:
    """A package that a keeper holds: how many of its modules, and the seconds that it took."""

    name: str
    modules: int
    seconds: float


@dataclass
class Entry:
    """A keeper as its store knows it: `started` is in unix time; it is `ready` when all is
    imported; `held` is what it holds, `cold` what it does not, with the reasons."""

    store: str
    pid: int
    socket: str
    started: float = 0.0
    ready: bool = False
    held: list[Held] = field(default_factory=list)
    cold: dict[str, str] = field(default_factory=dict)

    def write(self) -> None:
        """Enter it in the store."""
        replace_file(self._folder() / f"{self.pid}.json", json.dumps(asdict(self)).encode())

    def remove(self) -> None:
        """Take it out of the store."""
        for name in (f"{self.pid}.json", f"{self.pid}{_LOCK}"):
            with contextlib.suppress(OSError):
                (self._folder() / name).unlink()

    def lock(self) -> Path:
        """The file whose lock the keeper holds as long as it lives."""
        return self._folder() / f"{self.pid}{_LOCK}"

    def _folder(self) -> Path:
        folder = Path(self.store) / _FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def keepers(store: Path) -> list[Entry]:
    """The keepers of a store that live, newest last. What dead ones have left is removed."""
    found: list[Entry] = []
    for path in (store / _FOLDER).glob("*.json"):
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):  # gone, or half there
            entry = _read(path)
            if is_held(entry.lock()):
                found.append(entry)
            else:
                entry.remove()
    return sorted(found, key=lambda entry: entry.started)


def _read(path: Path) -> Entry:
    facts = json.loads(path.read_bytes())
    held = [Held(**one) for one in facts["held"]]
    return Entry(**facts | {"held": held})
