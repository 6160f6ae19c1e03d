"""Which store is meant where the user names none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from midrun.errors import MidrunError
from midrun.run.project import project_root

if TYPE_CHECKING:
    from midrun.store import Store

FOLDER = ".midrun"


def folder_for(target: str, *, is_module: bool, named: str | None = None) -> Path:
    """Where the store is, or will be, of runs of a script, or of a module run from here.

    `named` is what the user asked for instead. Does not import the store: `midrun run` is to start
    fast, and the process that it becomes imports it again.
    """
    if named is not None:
        return Path(named).absolute()
    start = str(Path.cwd() / "module") if is_module else target
    return Path(project_root(start)) / FOLDER


def existing_store(named: str | None = None) -> Store:
    """The store `named`, or the nearest above the current folder, or the only one just below it.

    Raises MidrunError "no-runs" if there is none, or none that is clearly meant.
    """
    from midrun.store import Store

    if named is not None:
        if not Path(named).is_dir():
            raise MidrunError(f"--store {named}: there is no such folder", slug="no-runs")
        return Store(Path(named))
    here = Path.cwd()
    for folder in (here, *here.parents):
        if _has_runs(folder / FOLDER):
            return Store(folder / FOLDER)
    # A script was run as `midrun run examples/train.py` from above a project without a marker.
    below = sorted({p for at in (FOLDER, f"*/{FOLDER}", f"*/*/{FOLDER}") for p in here.glob(at)})
    below = [folder for folder in below if _has_runs(folder)]
    if len(below) == 1:
        return Store(below[0])
    if below:
        several = ", ".join(str(folder.relative_to(here)) for folder in below[:5])
        raise MidrunError(
            f"there are several stores below {here} ({several}); name one with --store DIR",
            slug="no-runs",
        )
    raise MidrunError(
        f"no folder {FOLDER} with runs is in {here} or above it; start a run with "
        "midrun run SCRIPT, go to the project's folder, or name the store with --store DIR",
        slug="no-runs",
    )


def _has_runs(folder: Path) -> bool:
    return (folder / "runs").is_dir()
