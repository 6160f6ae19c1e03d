"""Files as they were at one time, to be put back."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path


class Kept:
    """Copies of some files, with their times; what is not there is kept as that."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._folder = tempfile.mkdtemp(prefix="midrun-kept-")
        self._copies: dict[str, Path | None] = {}
        for number, path in enumerate(tuple(paths)):
            copy = Path(self._folder, str(number))
            try:
                shutil.copy2(path, copy)
            except OSError:
                self._copies[path] = None
            else:
                self._copies[path] = copy

    def put_back(self, paths: Iterable[str]) -> None:
        """Make these files, and those that were kept, what they were."""
        for path in {*paths, *self._copies}:
            if path.startswith(self._folder):
                continue
            copy = self._copies.get(path)
            with contextlib.suppress(OSError):
                if copy is not None:
                    shutil.copy2(copy, path)
                else:
                    Path(path).unlink()
        shutil.rmtree(self._folder, ignore_errors=True)
