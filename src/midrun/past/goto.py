"""`midrun goto`: becoming the process that goes to a position."""

from __future__ import annotations

import tempfile
from typing import NoReturn

from midrun.branch.process import Start
from midrun.past.position import Found
from midrun.past.visit import ATTACH, Request
from midrun.run.spec import Spec, execute


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
    spec, arguments = spec_of(found.start, request, scratch)
    execute(spec, arguments)


def spec_of(start: Start, request: Request, scratch: str) -> tuple[Spec, list[str]]:
    """How the process is started that visits a position."""
    info = start.run.info
    spec = Spec(
        store=str(start.run.store.folder),
        attach=ATTACH,
        request=request.write(),
        scratch=f"{scratch}/run",
        quiet=True,
        budget=0.0,
        at=request.at,
        hash_seed=info.get("hash_seed", ""),
    )
    if start.savepoint is not None:
        spec.savepoint = start.savepoint.spec
        return spec, []
    spec.target, spec.is_module, spec.through = info["target"], info["is_module"], info["through"]
    return spec, info["argv"]
