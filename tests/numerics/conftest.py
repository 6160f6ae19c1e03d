from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest


class Project:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "pyproject.toml").write_text("")

    def write(self, text: str, name: str = "train.py") -> None:
        (self.folder / name).write_text(dedent(text).lstrip("\n"))

    def midrun(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "MIDRUN_KEY_FILE": str(self.folder / "key")}
        return subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "midrun", *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=100,
        )

    def line(self, text: str, name: str = "train.py") -> int:
        lines = (self.folder / name).read_text().splitlines()
        return next(number for number, line in enumerate(lines, 1) if text in line)


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)
