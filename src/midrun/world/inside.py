"""What is done in the interpreter that runs the script.

In a world of overlays this is little: a folder can't be renamed there (the kernel says EXDEV), so
that it is copied. In the others, Python's functions for files go through a `Mirror`.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable
from typing import Any

from midrun.world.libraries import redirect_libraries
from midrun.world.mirror import Mirror
from midrun.world.redirect import Redirection


def enter(text: str) -> None:
    """Call it in the script's process, before the script, with the `inside` of its `World`."""
    order = json.loads(text)
    if order["kind"] == "overlay":
        devices = order["devices"]
        os.rename = _renaming(os.rename, devices)
        os.replace = _renaming(os.replace, devices)
        return
    redirection = Redirection(Mirror(**order["place"]))
    redirection.install()
    redirect_libraries(redirection)


def _renaming(original: Callable[..., None], devices: dict[str, int]) -> Callable[..., None]:
    """Rename across overlays, where it is one file system in truth."""

    def rename(src: Any, dst: Any, **options: Any) -> None:
        try:
            original(src, dst, **options)
        except OSError as error:
            old, new = os.fsdecode(src), os.fsdecode(dst)
            same = device(old) == device(new)
            if error.errno != errno.EXDEV or options or not same or _is_in_the_way(new):
                raise
            _copy(old, new)

    def device(path: str) -> int | None:
        folder = os.path.realpath(os.path.dirname(os.path.abspath(path)))
        outer = [part for part in devices if os.path.join(folder, "").startswith(_head(part))]
        return devices[max(outer, key=len)] if outer else None

    return rename


def _head(folder: str) -> str:
    return os.path.join(folder, "")


def _is_in_the_way(path: str) -> bool:
    return os.path.isdir(path) and not os.path.islink(path) and bool(os.listdir(path))


def _copy(old: str, new: str) -> None:
    if os.path.isdir(old) and not os.path.islink(old):
        shutil.copytree(old, new, symlinks=True, dirs_exist_ok=True)
        shutil.rmtree(old)
        return
    if os.path.lexists(new):
        os.unlink(new)
    shutil.copy2(old, new, follow_symlinks=False)
    os.unlink(old)
