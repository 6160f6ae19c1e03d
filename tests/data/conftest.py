"""Worker processes that all tests of this folder share, since starting them takes longer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from midrun.data.check import check
from midrun.data.finding import Report
from midrun.data.reading import Workers


@pytest.fixture(scope="session")
def pool() -> Iterator[Workers]:
    with Workers(1) as workers:
        yield workers


@pytest.fixture
def look(pool: Workers) -> Callable[..., Report]:
    """look(path, ...) -> what the check of these paths says."""
    return lambda *paths: check([str(path) for path in paths], pool=pool)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "data"
    found.mkdir()
    return found
