"""The processes of a rehearsal: each runs the script, or goes on with it, in a world."""

from __future__ import annotations

import dataclasses
import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from midrun.rehearse.detour import Losses
from midrun.rehearse.request import ATTACH, Answer, Crash, Request
from midrun.rehearse.world.world import World
from midrun.run.spec import Spec, command

_LONGEST = 120.0  # seconds that the way to the first checkpoint may take
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Script:
    """What is rehearsed: a script or module, with its arguments, from a folder."""

    target: str
    arguments: list[str]
    is_module: bool
    cwd: str


@dataclass
class Pass:
    """One run of the script, to its end or crash."""

    answer: Answer | None
    losses: Losses | None
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

    def world(self) -> World:
        """A new world over those that there are."""
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


def out_of(at: Stage, name: str) -> str:
    return str(at.notes / f"{name}.json")


def run_pass(
    script: Script, at: Stage, world: World, request: Request, name: str, *, savepoint: str = "",
    seconds: float | None = None,
) -> Pass:  # fmt: skip
    request.inside = world.inside
    spec = Spec(
        store=str(at.notes / "run"),
        attach=ATTACH,
        request=request.write(),
        scratch=str(at.notes / ("run" if not savepoint else name)),
        quiet=True,
        budget=0.0,
        savepoint=savepoint,
    )
    if not savepoint:
        spec.target, spec.is_module = script.target, script.is_module
    argv, environment = command(spec, [] if savepoint else script.arguments)
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
    told = out.read_text() if out.exists() else ""
    is_answer = told and "amounts" in json.loads(told)
    return Pass(
        Answer.read(told) if is_answer else None,
        Losses.read(told) if told and not is_answer else None,
        code,
        output.read_text(errors="replace"),
    )


class Detours:
    """Runs of the script to its first checkpoint, and from there. They take place in worlds of
    their own, the second over the first."""

    def __init__(self, script: Script, at: Stage, progress: Progress) -> None:
        self._script = script
        self._at = Stage(at.folder / "detours", at.kind)
        self._at.notes.mkdir(parents=True)
        self._progress = progress

    def run(self, kind: str, arguments: list[str]) -> tuple[Losses | None, Crash | None]:
        """One of them, with arguments more."""
        self._progress("to the first checkpoint" if kind == "save" else "from there, resumed")
        script = dataclasses.replace(self._script, arguments=[*self._script.arguments, *arguments])
        world = self._at.world()
        self._at.worlds.append(world)
        out = Path(out_of(self._at, kind))
        done = run_pass(
            script, self._at, world, Request(str(out), detour=kind), kind, seconds=_LONGEST
        )
        if done.losses is not None:
            return done.losses, None
        return None, done.answer.crash if done.answer is not None else None
