"""Where the project of a script lies. Apart from the rest, since `midrun run` is to start fast."""

from __future__ import annotations

from pathlib import Path

_MARKERS = (".git", "pyproject.toml", "setup.py", "setup.cfg", ".midrun")


def project_root(script: str) -> str:
    """The folder that holds the project of a script: the nearest one above it that looks like the
    root of a project, but none that holds the user's home; else the script's own."""
    folder = Path(script).resolve().parent
    home = Path.home()
    for candidate in (folder, *folder.parents):
        if candidate == home or candidate in home.parents or candidate == candidate.parent:
            break
        if any((candidate / marker).exists() for marker in _MARKERS):
            return str(candidate)
    return str(folder)
