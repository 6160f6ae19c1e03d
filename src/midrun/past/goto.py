"""`midrun goto`: the process that goes to a position."""

from __future__ import annotations

import tempfile
from typing import NoReturn

from midrun.branch.process import branch_spec
from midrun.past.position import Found
from midrun.past.visit import ATTACH, Request
from midrun.run.spec import Spec, execute


def goto(found: Found, then: str, expressions: list[str]) -> NoReturn:
    """Become the process that goes to a position; see `journey`."""
    scratch = tempfile.mkdtemp(prefix="midrun-goto-")
    execute(*journey(found, then, expressions, scratch))


def journey(
    found: Found, then: str, expressions: list[str], scratch: str
) -> tuple[Spec, list[str]]:
    """What a process runs to go to a position, then "print" the expressions, "debug" or open a
    "shell" there, and the arguments of the script.

    Files that the program writes on the way go to the folder `scratch`, which the process removes.
    """
    position = found.position
    request = Request(
        position.file,
        position.line,
        position.block,
        position.count,
        scratch,
        then,
        str(position),
        expressions,
        store=str(found.start.run.store.folder),
        parent=found.start.savepoint.spec if found.start.savepoint is not None else "",
    )
    return branch_spec(found.start, ATTACH, request.write(), f"{scratch}/run", at=request.at)
