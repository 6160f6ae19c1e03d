"""Edits at the level of modules and classes: what is new or changed there is done once, on resume.

Functions need nothing of it: their code comes from the edited source anyway. What stands in a
module's or class's own body, and had run, is done again where it is new or changed: definitions,
imports, assignments and other simple statements. Loops, `with` blocks and the `if __name__` block
are left as they are and named as stale.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from midrun.run.edits import Edits
from midrun.source.book import Book
from midrun.source.module import Source
from midrun.state.frames import FrameState

if TYPE_CHECKING:
    from midrun.run.current import Run


@dataclass
class Module:
    """One of the program's own modules, with its source at the savepoint and now."""

    name: str
    old: Source
    new: Source


def apply_edits(
    modules: list[Module], edits: Edits, book: Book, outermost: FrameState, run: Run
) -> list[str]:
    """Do what is new; returns remarks for the user."""
    return []
