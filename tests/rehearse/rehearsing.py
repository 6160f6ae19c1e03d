"""Rehearsals from the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any


def rehearse(folder: Path, *arguments: str) -> tuple[dict[str, Any], int]:
    """The report on a script in a folder, and the exit code."""
    done = subprocess.run(
        [sys.executable, "-m", "midrun", "rehearse", "--json", *arguments], cwd=folder,
        capture_output=True, text=True, check=False, timeout=150,
    )  # fmt: skip
    assert done.stdout, done.stderr
    return json.loads(done.stdout), done.returncode
