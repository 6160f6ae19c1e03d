"""Running code in a world, and seeing whether a folder has changed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from midrun.world.world import World

_START = "import runpy, sys; from midrun.world.inside import enter; enter(sys.argv[1]); "


def tree(folder: Path) -> dict[str, object]:
    """All that can be seen of a folder."""
    found: dict[str, object] = {}
    for path in [folder, *folder.rglob("*")]:
        seen = path.lstat()
        what: object = None
        if path.is_symlink():
            what = os.readlink(path)
        elif path.is_file():
            what = path.read_bytes()
        found[str(path)] = (seen.st_mode, seen.st_mtime_ns, seen.st_nlink, seen.st_ino, what)
    return found


def run_in(
    world: World, project: Path, code: str, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run Python code in a world, from the folder `project`; `sys.argv[2:]` are the arguments."""
    return subprocess.run(
        world.command([sys.executable, "-c", _START + code, world.inside, *arguments]),
        cwd=project, env=world.environment(os.environ), capture_output=True, text=True, check=False,
    )  # fmt: skip
