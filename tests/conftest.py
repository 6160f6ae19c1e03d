from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from forkserver import FastVerifier, Forks
from midrun.run.spec import Spec
from midrun.verify.verify import Report
from project import Project


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    server = Forks()
    yield server
    server.close()


@pytest.fixture(scope="session")
def forks_with_torch() -> Iterator[Forks]:
    """Programs that import torch take a third of the time so. (An optimizer imports _dynamo.)"""
    server = Forks("torch", "torch._dynamo")
    yield server
    server.close()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty folder, and midrun called in it."""
    return Project(tmp_path / "project")


@pytest.fixture
def importable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str, str], None]]:
    """Writes a module that the test imports. It is forgotten at the test's end: what comes later
    looks at all modules."""
    monkeypatch.syspath_prepend(str(tmp_path))
    names: list[str] = []

    def write(name: str, text: str) -> None:
        (tmp_path / f"{name}.py").write_text(text)
        names.append(name)

    yield write
    for name in names:
        sys.modules.pop(name, None)


@pytest.fixture
def verify(request: pytest.FixtureRequest, tmp_path: Path):
    """Runs a script uninterrupted, resumes it from random points, and compares. It is ended at each
    point; without `stop` it runs on, and is then resumed over what it has left on disk. `forks` is
    the fixture with the interpreter."""

    def run(
        script: Path, points: int, seed: int, stop: bool = True, forks: str = "forks"
    ) -> Report:
        def fresh() -> Path:
            folder = tmp_path / "cwd"  # always the same, since programs can see its name
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            return folder

        spec = Spec(store="", target=str(script))
        verifier = FastVerifier(spec, [], points=points, seed=seed, stop=stop, cwd=fresh)
        verifier.forks = request.getfixturevalue(forks)
        return verifier.run()

    return run
