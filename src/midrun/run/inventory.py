"""What a run had loaded when it ended, or became NaN, for those who start the next one: the
libraries that a keeper imports beforehand, and the files whose edits matter."""

from __future__ import annotations

import contextlib
import json
import sys
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from midrun.state.loaded import is_loaded
from midrun.store import Run as StoredRun
from midrun.store import StoreError
from midrun.store.files import replace_file

if TYPE_CHECKING:
    from midrun.run.current import Run

_FILE = "loaded.json"


@dataclass
class Inventory:
    """`modules` are those of libraries, in the order in which their imports began, `path` is
    `sys.path`, `environ` what the program had changed of the environment. `files` are the program's
    own files, each with the key of its source in the run; "" for one that could not be compiled."""

    modules: list[str] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    environ: dict[str, str | None] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


def leave(run: Run, error: BaseException | None) -> None:
    """Write the inventory of this process into the folder of its run, if the disk takes it. `error`
    is what ended the program."""
    found = _take(run)
    if isinstance(error, SyntaxError) and error.filename and run.own.has_file(error.filename):
        found.files.setdefault(error.filename, "")
    with contextlib.suppress(OSError):
        replace_file(run.stored.folder / _FILE, json.dumps(asdict(found)).encode())


def read(run: StoredRun) -> Inventory:
    """The inventory of a run that has ended; of one that was killed, what is known from its newest
    savepoint."""
    with contextlib.suppress(OSError, ValueError, TypeError):
        return Inventory(**json.loads((run.folder / _FILE).read_bytes()))
    try:
        manifest = run.store.savepoint(run.id).manifest
    except StoreError:
        return Inventory()
    return Inventory(manifest["imports"], [], manifest["environ"], manifest["sources"])


def _take(run: Run) -> Inventory:
    own = {*run.own.modules(), "__mp_main__"}
    return Inventory(
        [name for name in list(sys.modules) if name not in own and _is_library(run, name)],
        [*sys.path],
        run.environment.changes(),
        {path: run.stored.keep_source(source.text) for path, source in run.book.own.items()},
    )


def _is_library(run: Run, name: str) -> bool:
    module = sys.modules[name]
    if name.partition(".")[0] == "midrun" or not is_loaded(module) or module.__spec__ is None:
        return False
    path = getattr(module, "__file__", None)
    return not run.own.is_hot(name, path)
