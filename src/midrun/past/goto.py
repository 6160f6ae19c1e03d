"""`midrun goto`: becoming the process that goes to a position."""

from __future__ import annotations

import tempfile
from typing import NoReturn

from midrun.branch.process import branch_spec
from midrun.past.position import Found
from midrun.past.visit import ATTACH, Request
from midrun.run.spec import execute


def goto(found: Found, then: str, expressions: list[str]) -> NoReturn:
    """Go to a position, then "print" the expressions, "debug" or open a "shell" there.

    Files that the program writes on the way go to a scratch folder.
    """
    position = found.position
    scratch = tempfile.mkdtemp(prefix="midrun-goto-")
    request = Request(
        position.file,
        position.line,
        position.block,
        position.count,
        scratch,
        then,
        str(position),
        expressions,
    )
    spec, arguments = branch_spec(
        found.start, ATTACH, request.write(), f"{scratch}/run", at=request.at
    )
    execute(spec, arguments)
