"""The `.midrun` folder: finding runs and savepoints by what the user calls them."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Any

from midrun.store import seal, sweep
from midrun.store.blobs import Blobs
from midrun.store.errors import StoreError, nearest
from midrun.store.files import remove_folder, replace_file
from midrun.store.locks import FileLock, Gate
from midrun.store.runs import INFO, LOCK, Run, dump
from midrun.store.savepoint import Savepoint

NEW = ".new-"  # how the folder of a run in the making begins
_LETTERS = "abcdefghjkmnpqrstuvwxyz"
_DIGITS = "23456789"


class Store:
    """All runs, savepoints and blobs of a project. Nothing is created before the first run."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the `.midrun` folder. The key is looked up now: scripts change $HOME."""
        self.folder = Path(folder).absolute()
        self.blobs = Blobs(self.folder / "blobs")
        self.key_file = seal.key_path()

    def gate(self) -> Gate:
        """Return a new gate of this store; see Gate."""
        return Gate(self.folder / "gate")

    def new_run(self, info: dict[str, Any], *, parent: str | None = None) -> Run:
        """Start a run that this process owns; `parent` is RUN:SAVEPOINT if it continues one.

        Raises StoreError "store-unwritable".
        """
        try:
            return self._new_run(info, parent)
        except OSError as error:
            raise StoreError(
                f"no run can be kept in {self.folder} ({error.strerror or error}); make the folder "
                "writable, or free some space on its disk",
                slug="store-unwritable",
            ) from error

    def _new_run(self, info: dict[str, Any], parent: str | None) -> Run:
        runs = self.folder / "runs"
        runs.mkdir(parents=True, exist_ok=True)
        if not (ignore := self.folder / ".gitignore").exists():
            replace_file(ignore, b"*\n")
        draft = runs / f"{NEW}{os.getpid()}-{os.urandom(4).hex()}"
        draft.mkdir()
        try:
            lock = FileLock(draft / LOCK)
            lock.take()
            (draft / "savepoints").mkdir()
            while True:
                started = time.time()
                id_ = _new_id(started)
                facts = {
                    "id": id_,
                    "parent": parent,
                    "started": started,
                    "pid": os.getpid(),
                    "host": os.uname().nodename,
                }
                replace_file(draft / INFO, dump(info | facts))
                try:
                    draft.rename(runs / id_)
                    break
                except OSError:
                    if not (runs / id_).exists():
                        raise
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        run = Run(self, runs / id_)
        run.own(lock)
        return run

    def runs(self) -> list[Run]:
        """Return all runs, oldest first."""
        try:
            names = os.listdir(self.folder / "runs")
        except FileNotFoundError:
            return []
        runs = [Run(self, self.folder / "runs" / name) for name in names if name[0] != "."]
        return sorted(runs, key=lambda run: (run.started, run.id))

    def run(self, spec: str) -> Run:
        """Return the run with this id, or beginning or end of an id, or the newest for "last".

        Raises StoreError "no-runs" or "unknown-run".
        """
        runs = self._some_runs()
        found = _match(runs, spec)
        if len(found) == 1:
            return found[0]
        ids = [run.id for run in runs]
        if found:
            said = f"{len(found)} runs fit {spec!r}: {', '.join(run.id for run in found[-3:])}"
            raise StoreError(f"{said}; give more of the id", slug="unknown-run")
        raise StoreError(
            f"there is no run {spec!r} in {self.folder}{nearest(spec, ids)}; midrun ls shows all",
            slug="unknown-run",
        )

    def savepoint(self, spec: str | None = None) -> Savepoint:
        """Return a savepoint by what the user calls it.

        RUN:SAVEPOINT; RUN (its newest); :SAVEPOINT (of the newest run that has savepoints);
        NAME (of a savepoint, in the newest run that has one of that name); None (the newest of
        the newest run that has one). SAVEPOINT is a number or a name; the newest of a name counts.

        Raises StoreError "no-runs", "unknown-run", "unknown-savepoint" or "damaged".
        """
        runs = self._some_runs()
        if spec is None:
            return self._newest(runs)
        run_spec, colon, which = spec.partition(":")
        if colon:
            run = self.run(run_spec) if run_spec else self._newest(runs).run
            return Savepoint.open(run, _pick(run, which))
        if spec not in [run.id for run in runs]:
            for run in reversed(runs):
                if named := [s for s in run.savepoints() if s.name == spec]:
                    return named[-1]
        if not _match(runs, spec):
            names = [s.name for run in runs for s in run.savepoints() if s.name]
            raise StoreError(
                f"no run and no savepoint is called {spec!r}"
                f"{nearest(spec, [*names, *(run.id for run in runs)])}; midrun ls shows all",
                slug="unknown-savepoint",
            )
        return self._newest([self.run(spec)])

    def remove(self, spec: str) -> list[str]:
        """Remove a RUN or a RUN:SAVEPOINT; return what was removed, in words.

        The blobs stay until gc. Raises StoreError "run-alive" for a run whose process still runs,
        "savepoint-busy" for a savepoint that a process is loading, and those of `savepoint`.
        """
        run_spec, colon, which = spec.partition(":")
        run = self._newest(self._some_runs()).run if colon and not run_spec else self.run(run_spec)
        if colon:
            number = _pick(run, which)
            if not run.remove_savepoint(number):
                raise _busy(run, number)
            return [f"savepoint {run.id}:{number}"]
        if run.alive:
            raise StoreError(
                f"run {run.id} is still going (process {run.info.get('pid')}); stop it first",
                slug="run-alive",
            )
        numbers = run.numbers()
        for number in numbers:
            if not run.remove_savepoint(number):
                raise _busy(run, number)
        remove_folder(run.folder)
        return [f"run {run.id} with {len(numbers)} savepoint{'' if len(numbers) == 1 else 's'}"]

    def gc(self) -> tuple[int, int]:
        """Delete what nothing needs any more; return (files, bytes). See the sweep module."""
        return sweep.sweep(self)

    def _some_runs(self) -> list[Run]:
        if runs := self.runs():
            return runs
        raise StoreError(
            f"there are no runs in {self.folder}; start one with midrun run SCRIPT", slug="no-runs"
        )

    def _newest(self, runs: list[Run]) -> Savepoint:
        """Return the newest savepoint of the newest of `runs` that has any."""
        for run in reversed(runs):
            if savepoints := run.savepoints():
                return savepoints[-1]
        which = f"run {runs[0].id}" if len(runs) == 1 else f"no run in {self.folder}"
        has = "has no savepoint" if len(runs) == 1 else "has a savepoint"
        raise StoreError(
            f"{which} {has} yet; midrun run --every 10m SCRIPT takes one every ten minutes",
            slug="unknown-savepoint",
        )


def _new_id(now: float) -> str:
    """Return a short id that sorts by time, such as 1123-091502-k3."""
    letter, digit = os.urandom(2)
    tail = _LETTERS[letter % len(_LETTERS)] + _DIGITS[digit % len(_DIGITS)]
    return time.strftime("%m%d-%H%M%S-", time.localtime(now)) + tail


def _match(runs: list[Run], spec: str) -> list[Run]:
    """Return the runs that `spec` may mean; `runs` are oldest first and not none."""
    if spec in ("last", "newest"):
        return runs[-1:]
    exact = [run for run in runs if run.id == spec]
    return exact or [
        run for run in runs if spec and (run.id.startswith(spec) or run.id.endswith(spec))
    ]


def _pick(run: Run, which: str) -> int:
    """Return the number of the savepoint of `run` with the number or name `which`."""
    numbers = run.numbers()
    if which.isascii() and which.isdecimal() and int(which) in numbers:
        return int(which)
    savepoints = run.savepoints()
    for savepoint in reversed(savepoints):
        if savepoint.name == which:
            return savepoint.number
    names = [savepoint.name for savepoint in savepoints if savepoint.name]
    raise StoreError(
        f"run {run.id} has no savepoint {which!r}{nearest(which, [*names, *map(str, numbers)])}; "
        f"midrun ls {run.id} shows those that it has",
        slug="unknown-savepoint",
    )


def _busy(run: Run, number: int) -> StoreError:
    return StoreError(
        f"savepoint {run.id}:{number} is in use by a process that loaded it; stop that first",
        slug="savepoint-busy",
    )
