"""What works on this machine, as `midrun doctor` shows it."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from midrun.errors import MidrunError
from midrun.report import words
from midrun.report.finding import FOLDER, existing_store
from midrun.report.selftest import try_it
from midrun.state.cpython import unsupported
from midrun.store import Store
from midrun.store.files import measure
from midrun.store.seal import read_key
from midrun.warm.job import keepers

_LITTLE = 100 << 20  # bytes of free disk that are too few for anything
_LONG = 0.05  # seconds of import that are worth a name
_LIBRARIES = ("torch", "numpy")


@dataclass
class Check:
    """One thing that was looked at: what was found, and whether midrun can work with it (`works` is
    None for what is only information)."""

    name: str
    found: str
    works: bool | None = None


def examine(named: str | None = None) -> list[Check]:
    """Look at everything; `named` is the store that the user named, if any. Takes some seconds."""
    checks = [_python(), *map(_library, _LIBRARIES)]
    try:
        store = existing_store(named)
        checks += [*_contents(store), _through(store), *_keepers(store)]
    except MidrunError:
        store = Store(Path(named) if named is not None else Path.cwd() / FOLDER)
        checks.append(Check("store", "none here yet; the first run makes one"))
    checks += [_disk(store), _key(store), _self_test()]
    return checks


def _python() -> Check:
    why_not = unsupported()
    found = f"{platform.python_version()} ({sys.executable})"
    return Check("python", f"{found}: {why_not}" if why_not else found, why_not is None)


def _library(name: str) -> Check:
    try:
        return Check(name, metadata.version(name))
    except metadata.PackageNotFoundError:
        return Check(name, "not installed")


def _contents(store: Store) -> list[Check]:
    files, size = measure(store.folder)
    runs = store.runs()
    savepoints = sum(len(run.numbers()) for run in runs)
    alive = sum(run.alive for run in runs)
    count = (
        f"{words.count(len(runs), 'run')} ({alive} running), {words.count(savepoints, 'savepoint')}"
    )
    return [
        Check("store", f"{store.folder}: {words.size(size)} in {words.count(files, 'file')}"),
        Check("runs", count),
    ]


def _through(store: Store) -> Check:
    """The packages that the newest run asked for with --through."""
    runs = store.runs()
    packages = runs[-1].info.get("through", []) if runs else []
    return Check("through", ", ".join(packages) or "the program's own modules only")


def _keepers(store: Store) -> Iterator[Check]:
    """The processes that hold libraries for warm starts."""
    for entry in keepers(store.folder):
        held = [f"{one.name} {one.seconds:.2f} s" for one in entry.held if one.seconds >= _LONG]
        seconds = sum(one.seconds for one in entry.held)
        modules = sum(one.modules for one in entry.held)
        state = "holds" if entry.ready else "is importing; it holds"
        found = f"process {entry.pid} {state} {words.count(modules, 'module')}, {seconds:.2f} s"
        found += f" ({', '.join(held)})" if held else ""
        for name, why in entry.cold.items():
            found += f"; not {name}: {why}"
        yield Check("keeper", found)


def _disk(store: Store) -> Check:
    """Whether there is room: for one more savepoint as large as the largest, and some."""
    folder = store.folder
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    largest = max((s.bytes_total for run in store.runs() for s in run.savepoints()), default=0)
    found = f"{words.size(free)} free at {folder}"
    if not os.access(folder, os.W_OK):
        return Check("disk", f"{folder} is not writable", False)
    if free < max(_LITTLE, largest):
        return Check("disk", f"{found}, too little for another savepoint; try midrun gc", False)
    return Check("disk", found, True)


def _key(store: Store) -> Check:
    path = store.key_file
    if not path.exists():
        return Check("key", f"{path}: none yet; the first savepoint makes one")
    if read_key(path) is None:
        return Check("key", f"{path} can't be read or is no key; move it away", False)
    if path.stat().st_mode & 0o077:
        return Check("key", f"{path} can be read by others; chmod 600 it", False)
    return Check("key", str(path), True)


def _self_test() -> Check:
    why_not = try_it()
    return Check("self test", why_not or "a small program was saved and resumed", why_not is None)
