"""A savepoint on disk: its manifest, its pickle, its blobs, and whether they can be relied on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from midrun.store import patches, seal
from midrun.store.blobs import is_key, length_of
from midrun.store.errors import StoreError
from midrun.store.locks import FileLock

if TYPE_CHECKING:
    from midrun.store.runs import Run

MANIFEST = "manifest.json"
STATE = "state.pickle"


class Savepoint:
    """One whole savepoint. Nothing of it is ever unpickled here.

    From `check` on, the savepoint is held for as long as this object lives: nothing removes it.
    """

    def __init__(self, run: Run, number: int, manifest: dict[str, Any]) -> None:
        """`manifest` is the one on disk; `open` reads it."""
        self.run = run
        self.number = number
        self.manifest = manifest
        self.folder: Path = run.folder / "savepoints" / str(number)
        self._hold: FileLock | None = None

    @classmethod
    def open(cls, run: Run, number: int) -> Savepoint:
        """Read the savepoint with this number. Raises StoreError "damaged"."""
        path = run.folder / "savepoints" / str(number) / MANIFEST
        try:
            return cls(run, number, read_manifest(path))
        except (ValueError, FileNotFoundError) as error:
            what = f"{path} can't be read ({error})"
            raise cls(run, number, {})._damaged(what) from error

    @property
    def spec(self) -> str:
        """What the user types to name it: RUN:NUMBER."""
        return f"{self.run.id}:{self.number}"

    @property
    def name(self) -> str | None:
        """The name that the user gave it."""
        name = self.manifest.get("name")
        return None if name is None else str(name)

    @property
    def time(self) -> float:
        """When it was taken (unix time)."""
        return float(self.manifest["time"])

    @property
    def bytes_total(self) -> int:
        """Bytes of all its blobs and its pickle."""
        return int(self.manifest["bytes_total"])

    @property
    def bytes_new(self) -> int:
        """Bytes of the blobs and the pickle that it added to the disk."""
        return int(self.manifest["bytes_new"])

    @property
    def keys(self) -> list[str]:
        """The keys of its blobs."""
        return list(self.manifest["blobs"])

    def check(self, *, trust: bool = False) -> None:
        """Make sure that this savepoint is the user's own (unless `trust`) and not damaged.

        Blobs are checked for presence and length only; see `damaged` for their contents. Raises
        StoreError "untrusted", "damaged", or "unknown-savepoint" if it was removed meanwhile.
        """
        self._keep()
        if not trust and (why := self._distrust()) is not None:
            raise StoreError(
                f"savepoint {self.spec} is not loaded, because {why}, and loading a savepoint "
                "runs code that is in it; if you know who made it, --trust loads it anyway",
                slug="untrusted",
            )
        if (fault := self.fault()) is not None:
            raise self._damaged(fault)

    def fault(self) -> str | None:
        """Say what is wrong with the pickle, or at a glance with a blob; None if nothing."""
        path = self.folder / STATE
        try:
            state = path.read_bytes()
        except FileNotFoundError:
            return f"{path} is missing"
        if seal.state_hash(state) != self.manifest["state_hash"]:
            return f"the contents of {path} have changed"
        for key in self.keys:
            if (fault := self.run.store.blobs.fault(key)) is not None:
                return f"{self.run.store.blobs.path(key)} {fault}"
        return None

    def damaged(self) -> list[str]:
        """Read and hash everything; return which blob keys, and "state.pickle", are not whole."""
        bad = [key for key in self.keys if not self.verify(key)]
        try:
            self.state()
        except StoreError:
            bad.append(STATE)
        return bad

    def state(self) -> bytes:
        """Return the pickle, whose hash is checked again: what was checked is what is loaded."""
        path = self.folder / STATE
        try:
            state = path.read_bytes()
        except FileNotFoundError as error:
            raise self._damaged(f"{path} is missing") from error
        if seal.state_hash(state) != self.manifest["state_hash"]:
            raise self._damaged(f"the contents of {path} have changed")
        return state

    def blob(self, key: str) -> memoryview:
        """Map a blob privately: the memory is writable, the file stays as it is. `key` may be a
        reference to a recipe.

        Raises StoreError "damaged" if it is missing or too short.
        """
        if patches.is_reference(key):
            try:
                return patches.assemble(key, self.blob)
            except (ValueError, KeyError, TypeError) as error:
                raise self._damaged(f"the recipe {key} makes nothing ({error})") from error
        blobs = self.run.store.blobs
        if not is_key(key) or (fault := blobs.fault(key)) is not None:
            raise self._damaged(f"{blobs.path(key)} {fault}" if is_key(key) else f"no blob {key!r}")
        return blobs.open(key)

    def verify(self, key: str) -> bool:
        """Whether the contents of a blob still have their hash."""
        return self.run.store.blobs.verify(key)

    def _keep(self) -> None:
        """Hold it against removal by this and other processes."""
        path = self.folder / MANIFEST
        try:
            if self._hold is None:
                self._hold = FileLock(path, create=False)
                self._hold.forget_in_children()
                self._hold.take(shared=True)
            path.stat()  # it may have gone while we waited
        except FileNotFoundError as error:
            raise StoreError(
                f"savepoint {self.spec} has just been removed; midrun ls shows what is left",
                slug="unknown-savepoint",
            ) from error

    def _distrust(self) -> str | None:
        """Say why this savepoint may not be the user's own; None if it is."""
        path = self.run.store.key_file
        key = seal.read_key(path)
        if "digest" not in self.manifest:
            return "it carries no digest"
        if key is None:
            return f"you have no key ({path}) that could have made it"
        if not seal.matches(self.manifest, key):
            return f"it was altered, or made by somebody else (its digest is not of {path})"
        return None

    def _damaged(self, what: str) -> StoreError:
        """Return the error that tells of the damage and offers the newest savepoint without."""
        others = reversed([s for s in self.run.savepoints() if s.number != self.number])
        whole = next((other.spec for other in others if other.fault() is None), None)
        offer = (
            f"midrun resume {whole} takes the newest whole one"
            if whole
            else ("its run has no other that is whole; midrun ls shows those of other runs")
        )
        return StoreError(f"savepoint {self.spec} is damaged: {what}; {offer}", slug="damaged")


def read_manifest(path: Path) -> dict[str, Any]:
    """Return the manifest; raise ValueError if it lacks what this module relies on."""
    manifest = json.loads(path.read_bytes())
    if not isinstance(manifest, dict):
        raise ValueError("it is not a JSON object")
    blobs = manifest.get("blobs")
    if not isinstance(blobs, dict) or not all(
        is_key(key) and length == length_of(key) for key, length in blobs.items()
    ):
        raise ValueError("its list of blobs is broken")
    for field in ("state_hash", "time", "bytes_total", "bytes_new"):
        if field not in manifest:
            raise ValueError(f"it has no {field}")
    return manifest
