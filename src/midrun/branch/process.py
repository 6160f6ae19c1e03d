"""Continuing a run in another process that leaves no trace: to look again, or to try a change."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from midrun.run import inventory
from midrun.run.spec import Spec, command
from midrun.store import Run, Savepoint, Store
from midrun.warm.asking import Child, NoKeeper, Setting
from midrun.warm.owner import Warm
from midrun.world.changes import discard


@dataclass(frozen=True)
class Start:
    """Where a branch starts: at a savepoint of `run`, or of one that it continues; from the start
    of the script if there is none. `files` are copies of files that hold what the program had
    written by then, by the paths that it knows them by."""

    run: Run
    savepoint: Savepoint | None
    files: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"from {self.savepoint.spec}" if self.savepoint is not None else "from the start"


@contextmanager
def branch_folder() -> Iterator[Path]:
    """A folder for what a branch leaves, for as long as that is used."""
    whole = Path(tempfile.mkdtemp(prefix="midrun-branch-"))
    folder = whole / "left"
    folder.mkdir()
    try:
        yield folder
    finally:
        discard(whole)


@contextmanager
def keeper_for(run: Run, folder: Path, needed: Sequence[str] = ()) -> Iterator[Warm]:
    """A keeper for several branches: see `hold`. It starts to import at once, and ends with this
    process, however that ends. It enters itself in `folder`."""
    warm = Warm(folder / "keeper")
    try:
        with contextlib.suppress(OSError):  # a cold start is as good, only slower
            hold(warm, run, needed)
        yield warm
    finally:
        warm.close()


def hold(warm: Warm, run: Run, needed: Sequence[str] = ()) -> None:
    """Have a keeper import the libraries of `run`, as far as that has come, and modules of midrun
    that work with torch and are `needed` there, if the run has it."""
    found = inventory.read(run)
    if "torch" in found.modules:
        found.modules += needed
    warm.prepare(run.info, found)


def ask_branch(
    start: Start,
    attach: str,
    request: Callable[[str, str], str],
    folder: Path,
    warm: Warm | None = None,
) -> tuple[str | None, str]:
    """Run a branch with `attach` of `Spec`, and wait for its end. `request` makes the request, of
    the file that takes its answer and of the folder for what the program writes; both are in
    `folder`, as are the branch's own savepoints (`branch_store`). Its process is forked from the
    keeper of `warm`, if that has what it needs. Returns the answer, None if it gave none, and its
    last words, if it did not end well."""
    files = folder / "files"
    files.mkdir()
    out = files / "answer.json"
    scratch = str(branch_store(folder).folder)
    spec, arguments = branch_spec(start, attach, request(str(out), str(files)), scratch)
    said = run_branch(start, spec, arguments, warm)
    return out.read_text() if out.exists() else None, said


def branch_store(folder: Path) -> Store:
    """The savepoints that a branch has taken."""
    return Store(folder / "run")


def branch_spec(
    start: Start, attach: str, request: str, scratch: str, *, at: Iterable[str] = ()
) -> tuple[Spec, list[str]]:
    """How the process of a branch is started, and the arguments of the script. Savepoints are taken
    `at` these places, into the folder `scratch`."""
    info = start.run.info
    spec = Spec(
        store=str(start.run.store.folder),
        attach=attach,
        request=request,
        scratch=scratch,
        quiet=True,
        budget=0.0,
        at=list(at),
        hash_seed=info.get("hash_seed", ""),
    )
    if start.savepoint is not None:
        spec.savepoint = start.savepoint.spec
        return spec, []
    spec.target, spec.is_module, spec.through = info["target"], info["is_module"], info["through"]
    spec.seed = info.get("seed")
    return spec, info["argv"]


def run_branch(start: Start, spec: Spec, arguments: list[str], warm: Warm | None = None) -> str:
    """Run a branch to its end, unheard. Returns its last words, if it did not end well."""
    with open(os.devnull, "r+b") as nothing, tempfile.TemporaryFile() as heard:
        streams = nothing.fileno(), nothing.fileno(), heard.fileno()
        code = _start(start, spec, arguments, streams, warm).wait()
        heard.seek(0)
        last = heard.read().decode(errors="replace").strip().splitlines()[-1:]
    return "" if code == 0 else "".join(last) or f"exit code {code}"


def _start(
    start: Start,
    spec: Spec,
    arguments: list[str],
    streams: tuple[int, int, int],
    warm: Warm | None,
) -> Child:
    cwd = start.run.info["cwd"]
    if warm is not None:
        setting = Setting(os.getpgrp(), cwd, streams, deserted=signal.SIGKILL)
        with contextlib.suppress(NoKeeper):
            return warm.start(spec, arguments, start.savepoint, setting)
    argv, environment = command(spec, arguments)
    stdin, stdout, stderr = streams
    return subprocess.Popen(
        argv, env=environment, cwd=cwd, stdin=stdin, stdout=stdout, stderr=stderr
    )
