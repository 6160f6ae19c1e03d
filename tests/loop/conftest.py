"""A project in a temporary folder, and `midrun watch` in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sessions import Session


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").touch()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("MIDRUN_KEY_FILE", str(tmp_path / "key"))
    for name in ("MIDRUN_STORE", "COLUMNS", "PYTHONDONTWRITEBYTECODE"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def watch(project: Path) -> Iterator[Callable[..., Session]]:
    """watch("train.py", columns=80) -> a Session"""
    sessions: list[Session] = []

    def start(*arguments: str, columns: int = 80) -> Session:
        sessions.append(Session(project, ("watch", *arguments), columns))
        return sessions[-1]

    yield start
    for session in sessions:
        session.close()


@pytest.fixture
def edit(project: Path) -> Callable[..., None]:
    """edit("train.py", old, new) saves an edit as an editor that writes in place does."""

    def edit(name: str, old: str, new: str) -> None:
        text = (project / name).read_text()
        assert old in text
        (project / name).write_text(text.replace(old, new))

    return edit


@pytest.fixture
def keepers(project: Path) -> Callable[[], list[int]]:
    """The process ids of the keepers that have imported everything."""

    def keepers() -> list[int]:
        found = [json.loads(p.read_text()) for p in project.glob(".midrun/keepers/*.json")]
        return [entry["pid"] for entry in found if entry["ready"]]

    return keepers
