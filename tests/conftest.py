from __future__ import annotations

import shutil
from collections.abc import Iterator
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
