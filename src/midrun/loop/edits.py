"""The user's files: what a try had of them, what was edited since, and whether an edit is whole.

The contents decide, not the events of the file system: those only say when to look.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field
from pathlib import Path

from midrun.run.inventory import Inventory
from midrun.run.stale import read_source
from midrun.store import Run, StoreError


@dataclass
class Edits:
    """What has become of the files of a try: `edited` are paths, `fault` is why they are not whole
    yet, `fading` that they may be in the middle of being replaced."""

    edited: list[str] = field(default_factory=list)
    fault: SyntaxError | None = None
    fading: bool = False

    @property
    def whole(self) -> bool:
        return bool(self.edited) and self.fault is None and not self.fading


class Files:
    """The files of a try: their texts as it had them, and the folders where new ones may appear."""

    def __init__(self, texts: dict[str, str | None], folders: set[str]) -> None:
        self._texts = texts
        self.folders = folders
        self._known = _sources(folders)

    @classmethod
    def of(cls, run: Run, inventory: Inventory) -> Files:
        """Those of a run that has ended."""
        texts: dict[str, str | None] = {}
        for path, key in (inventory.files | {run.info["script"]: ""}).items():
            try:
                texts[path] = run.source(inventory.files.get(path) or key)
            except StoreError:  # it could not be compiled
                texts[path] = _read(path)
        return cls(texts, {*run.info["roots"], *map(os.path.dirname, texts)})

    def taken(self) -> Files:
        """The same files as they are now, which the next try takes."""
        texts = {path: _read(path) for path in [*self._texts, *self._new()]}
        return Files(texts, self.folders)

    def look(self) -> Edits:
        """Compare with what is on disk now."""
        found = Edits()
        for path in [*self._texts, *self._new()]:
            old = self._texts.get(path)
            try:
                text = read_source(path)
                if text == old or not (text or old):  # a new one is empty at first
                    continue
                compile(text or "", path, "exec", dont_inherit=True)
            except (SyntaxError, ValueError) as error:  # UnicodeDecodeError is one
                found.fault = _worded(error, path)
                text = path
            except OSError:  # it can't be read just now
                text = None
            found.edited.append(path)
            found.fading |= not text and bool(old)  # an editor may be about to write it
        return found

    def _new(self) -> list[str]:
        return sorted(_sources(self.folders) - self._known)


def _read(path: str) -> str | None:
    try:
        return read_source(path)
    except (OSError, SyntaxError, ValueError):
        return None


def _sources(folders: set[str]) -> set[str]:
    """The files in these folders that Python may import."""
    found: set[str] = set()
    for folder in folders:
        with contextlib.suppress(OSError):
            packages = (path.parent for path in Path(folder).glob("*/__init__.py"))
            for each in (Path(folder), *packages):
                found.update(str(path) for path in each.glob("*.py"))
    return found


def _worded(error: SyntaxError | ValueError, path: str) -> SyntaxError:
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return error
    return SyntaxError(str(error), (path, 1, 1, ""))
