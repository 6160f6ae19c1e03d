"""What one save works with, and what comes of it besides the pickle."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from midrun.source.book import Book
from midrun.state.frames import FrameState
from midrun.state.library import LibraryObjects
from midrun.state.registry import Registry


class Blobs(Protocol):
    """Where memory goes while a state is saved."""

    def put(self, data: memoryview) -> str: ...


class BlobSource(Protocol):
    """Where memory comes from while a state is loaded."""

    def blob(self, key: str) -> memoryview: ...


class NotNow(Exception):
    """The state can't be saved at this moment, though it can at another; the text says why."""


@dataclass(frozen=True)
class Note:
    """Something in a savepoint that is not as it was: `kind` is "missing" (can't be saved),
    "rebuilt" or "changed"; `what` names the object, `why` says the rest."""

    kind: str
    what: str
    why: str


@dataclass
class Session:
    """What one save works with: `own` are the names of the modules whose functions and classes are
    the program's own, `running` the states of generators that are on the stack, by their frame,
    `dead` the ids of objects that no code will read again, `variables` what the program's modules
    and frames hold by name. `copies` are files that stand for others, by the paths of those."""

    book: Book
    registry: Registry
    own: frozenset[str]
    blobs: Blobs
    library: LibraryObjects
    dead: frozenset[int] = frozenset()
    running: dict[types.FrameType, FrameState] = field(default_factory=dict)
    variables: list[dict[str, Any]] = field(default_factory=list)
    copies: Mapping[str, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    missing: list[tuple[Any, str]] = field(default_factory=list)
