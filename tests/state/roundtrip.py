"""Saves and loads a state within one process, with blobs in memory."""

from __future__ import annotations

import hashlib
import types
from typing import Any

from midrun.source.book import Book
from midrun.state.adapters import arrays, graphs, loaders, tensors, training
from midrun.state.adapters.memory import aligned
from midrun.state.ambient import Ambient
from midrun.state.ambient_torch import AMBIENT
from midrun.state.frames import FrameState
from midrun.state.library import LibraryObjects
from midrun.state.loading import Loader
from midrun.state.pickling import save
from midrun.state.registry import Registry, default_registry
from midrun.state.revive import Place, Reviver
from midrun.state.session import Note, Session

__all__ = ["Blobs", "again", "ambient", "dump", "graphs", "load", "registry"]


class Blobs(dict[str, bytes]):
    """A store of blobs that gives each its own copy, as a private mapping would."""

    def put(self, data: memoryview) -> str:
        key = hashlib.sha256(data).hexdigest()
        self[key] = bytes(data)
        return key

    def blob(self, key: str) -> memoryview:
        return aligned(self[key])


def registry() -> Registry:
    found = default_registry()
    for module in (arrays, tensors, training, loaders):
        module.add(found)
    return found


def ambient() -> list[Ambient]:
    return [Ambient(*entry) for entry in AMBIENT]


def dump(root: Any, blobs: Blobs, dead: set[int] | None = None) -> tuple[bytes, Session]:
    """`root` as bytes, and the session, whose notes and missing objects say what was lost."""
    own = frozenset({__name__, "__main__"})
    session = Session(Book(), registry(), own, blobs, LibraryObjects(), frozenset(dead or ()))
    return save(root, session, []), session


class Unchanged:
    """Finds saved frames of libraries, whose sources do not change."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def place(self, state: FrameState) -> Place:
        source = self._book.library(state.file)
        return Place(source, source.functions[state.function], state.position)

    def code(self, path: str, key: tuple[str, int]) -> types.CodeType:
        raise NotImplementedError


def load(data: bytes, blobs: Blobs) -> tuple[Any, list[Note]]:
    """What was saved, and what was reported."""
    book = Book()
    loader = Loader(data, [], blobs, Reviver(book, Unchanged(book)))
    return loader.load_state(), loader.reports


def again(root: Any) -> Any:
    """`root` after a save and a load; nothing may be lost or reported."""
    blobs = Blobs()
    data, session = dump(root, blobs)
    assert not session.missing, session.missing
    assert not session.notes, session.notes
    result, reports = load(data, blobs)
    assert not reports, reports
    return result
