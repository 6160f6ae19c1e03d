"""Continuing a run in another process that leaves no trace: to look again, or to try a change."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from midrun.run.spec import Spec, command
from midrun.store import Run, Savepoint, Store


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
    with tempfile.TemporaryDirectory(prefix="midrun-branch-") as name:
        yield Path(name)


def ask_branch(
    start: Start, attach: str, request: Callable[[str, str], str], folder: Path
) -> tuple[str | None, str]:
    """Run a branch with `attach` of `Spec`, and wait for its end. `request` makes the request, of
    the file that takes its answer and of the folder for what the program writes; both are in
    `folder`, as are the branch's own savepoints (`branch_store`). Returns the answer, None if it
    gave none, and its last words, if it did not end well."""
    files = folder / "files"
    files.mkdir()
    out = files / "answer.json"
    scratch = str(branch_store(folder).folder)
    spec, arguments = branch_spec(start, attach, request(str(out), str(files)), scratch)
    said = run_branch(start, spec, arguments)
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
    return spec, info["argv"]


def run_branch(start: Start, spec: Spec, arguments: list[str]) -> str:
    """Run a branch to its end, unheard. Returns its last words, if it did not end well."""
    argv, environment = command(spec, arguments)
    done = subprocess.run(
        argv,
        env=environment,
        cwd=start.run.info["cwd"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
    return "" if done.returncode == 0 else "".join(last) or f"exit code {done.returncode}"
