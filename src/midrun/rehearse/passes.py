"""The processes of a rehearsal: each runs the script, or goes on with it, in a world."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from midrun.branch.process import Start, branch_spec
from midrun.rehearse.frameworks import FRAMEWORKS
from midrun.rehearse.request import ATTACH, Answer, Request
from midrun.run.spec import Spec, command
from midrun.store import Store
from midrun.world.world import World

_LONGEST = 120.0  # seconds that the way to the first checkpoint may take
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Script:
    """What is rehearsed: a script or module, with its arguments, from a folder. The loops of the
    packages in `through` are cut, too."""

    target: str
    arguments: list[str]
    is_module: bool
    cwd: str
    through: tuple[str, ...] = ()


@dataclass
class Pass:
    """One run of the script, to its end or crash."""

    answer: Answer | None
    code: int
    output: str


@dataclass
class Stage:
    """Where a rehearsal takes place: `folder` has the worlds, and what midrun notes itself."""

    folder: Path
    kind: str = ""
    worlds: list[World] = field(default_factory=list)

    @property
    def notes(self) -> Path:
        """The folder that is the real one in all worlds."""
        return self.folder / "notes"

    def out_of(self, name: str) -> str:
        """The file that takes the answer of a pass."""
        return str(self.notes / f"{name}.json")

    def world(self) -> World:
        """A new world over those that there are."""
        self.worlds.append(self._over())
        return self.worlds[-1]

    @contextmanager
    def passing_world(self) -> Iterator[World]:
        """The same, gone at the end of the block."""
        world = self._over()
        try:
            yield world
        finally:
            world.discard()

    def start_over(self) -> None:
        """Undo what happened in the newest world."""
        self.worlds.pop().discard()

    def _over(self) -> World:
        scratch = self.folder / f"world-{len(self.worlds)}"
        return World(
            scratch, open_to=[self.notes], below=list(reversed(self.worlds)), kind=self.kind
        )


@contextmanager
def stage(*, keep: Path | None = None, kind: str = "") -> Iterator[Stage]:
    """A place for a rehearsal, removed at the end. What the script wrote and printed is copied to
    the folder `keep` before."""
    with tempfile.TemporaryDirectory(prefix="midrun-rehearsal-") as name:
        made = Stage(Path(name), kind)
        made.notes.mkdir()
        try:
            yield made
            if keep is not None:
                _keep(made, keep)
        finally:
            for world in made.worlds:
                world.discard()


def _keep(made: Stage, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for output in made.notes.glob("*.txt"):
        shutil.copy2(output, folder / f"printed-{output.name}")
    for world in made.worlds:
        world.copy_to(folder / "files")


def run_pass(
    script: Script, at: Stage, world: World, request: Request, name: str, *, savepoint: str = "",
    seconds: float | None = None,
) -> Pass:  # fmt: skip
    """Run the script in a world, from a savepoint of the first pass if there is one, for so many
    seconds at most. What it prints is noted under `name`."""
    request.inside = world.inside
    argv, environment = command(*_spec(script, at, request.write(), name, savepoint))
    output = at.notes / f"{name}.txt"
    with output.open("wb") as file:
        try:
            code = subprocess.run(
                world.command(argv), env=world.environment(environment), cwd=script.cwd,
                stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, timeout=seconds,
                check=False,
            ).returncode  # fmt: skip
        except subprocess.TimeoutExpired:
            code = 0
    out = Path(request.out)
    answer = Answer.read(out.read_text()) if out.exists() else None
    return Pass(answer, code, output.read_text(errors="replace"))


def _spec(
    script: Script, at: Stage, request: str, name: str, savepoint: str
) -> tuple[Spec, list[str]]:
    store = Store(at.notes / "run")
    if savepoint:
        found = store.savepoint(savepoint)
        return branch_spec(Start(found.run, found), ATTACH, request, str(at.notes / name))
    spec = Spec(
        store=str(store.folder), attach=ATTACH, request=request, scratch=str(store.folder),
        quiet=True, budget=0.0, target=script.target, is_module=script.is_module,
        through=[*FRAMEWORKS, *script.through],
    )  # fmt: skip
    return spec, script.arguments


class Detours:
    """Runs of the script to its first checkpoint, and from there: on a stage of their own, the
    second in a world over that of the first."""

    def __init__(self, script: Script, at: Stage, progress: Progress) -> None:
        self._script = script
        self._at = at
        self._progress = progress

    def run(self, kind: str, arguments: list[str]) -> Answer:
        """One of them, with arguments more."""
        self._progress("to the first checkpoint" if kind == "save" else "from there, resumed")
        script = dataclasses.replace(self._script, arguments=[*self._script.arguments, *arguments])
        request = Request(self._at.out_of(kind), detour=kind)
        world = self._at.world()
        done = run_pass(script, self._at, world, request, kind, seconds=_LONGEST)
        return done.answer or Answer()
