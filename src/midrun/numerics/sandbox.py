"""A process that goes back must not touch the user's files: the run that it repeats may be waiting,
and writing to the same ones.

What the program opens for writing is a copy in a scratch folder from then on, for reading too; what
it removes or renames, only there. This holds for files opened by Python's `open` (NumPy, csv, json,
logging, TensorBoard and the rest open theirs so) and `os.open`, by `torch.save` and `sqlite3`, and
for those that a savepoint brings back. It is no protection against a program that means to get
around it.
"""

from __future__ import annotations

import builtins
import io
import os
import shutil
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

from midrun.run.imports import after_import

_WRITES = frozenset("wax+")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_SPECIAL = ("/dev/", "/proc/", "/sys/")


class Sandbox:
    """Sends what is written to `scratch`, a folder."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._copies: dict[str, str] = {}
        self._open = builtins.open
        self._os_open = os.open
        self._truncate = os.truncate

    def overlay(self, path: str, contents: str) -> None:
        """Show other contents of a file."""
        copy = self.where(path, writes=True, keep=False)
        with self._open(copy, "w", encoding="utf-8", newline="") as file:
            file.write(contents)

    def enter(self) -> None:
        """From now on, in this process, for good."""
        builtins.open = self._opened
        io.open = self._opened
        os.open = self._os_opened
        os.truncate = self._truncated
        for name in ("remove", "unlink"):
            setattr(os, name, self._removing(getattr(os, name)))
        for name in ("rename", "replace"):
            setattr(os, name, self._renaming(getattr(os, name)))
        after_import("torch.serialization", self._serialization)
        after_import("sqlite3.dbapi2", self._databases)

    def where(self, path: str, *, writes: bool, keep: bool = True) -> str:
        """Where a file is to be looked for, or written; with what it holds now if `keep`."""
        real = os.path.realpath(path)
        if real in self._copies or not writes or real.startswith(_SPECIAL):
            return self._copies.get(real, path)
        if real.startswith(os.path.join(str(self._scratch), "")):
            return path
        copy = str(self._scratch / f"{len(self._copies)}-{os.path.basename(real)}")
        if keep and os.path.isfile(real):
            shutil.copyfile(real, copy)
        elif not os.path.isdir(os.path.dirname(real)):
            return path  # as without the sandbox: an error
        self._copies[real] = copy
        return copy

    def _opened(self, file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        opener = kwargs.get("opener")
        known = opener is None or opener.__module__.startswith("midrun.")
        if isinstance(file, str | bytes | os.PathLike) and known:
            path = os.fsdecode(file)
            writes = bool(_WRITES & set(mode))
            if writes or os.path.realpath(path) in self._copies:
                file = self.where(path, writes=writes, keep="w" not in mode)
        return self._open(file, mode, *args, **kwargs)

    def _os_opened(
        self, path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None
    ) -> int:
        if dir_fd is None and not flags & os.O_DIRECTORY:
            path = self.where(os.fsdecode(path), writes=bool(flags & _WRITING))
        return self._os_open(path, flags, mode, dir_fd=dir_fd)

    def _truncated(self, path: Any, length: int) -> None:
        if not isinstance(path, int):
            path = self.where(os.fsdecode(path), writes=True)
        self._truncate(path, length)

    def _databases(self, module: types.ModuleType) -> None:
        connect = module.connect

        def sandboxed(database: Any, *args: Any, **kwargs: Any) -> Any:
            named = isinstance(database, str | bytes | os.PathLike)
            if named and not kwargs.get("uri") and os.fsdecode(database) not in ("", ":memory:"):
                database = self.where(os.fsdecode(database), writes=True)
            return connect(database, *args, **kwargs)

        for owner in (module, sys.modules["sqlite3"]):
            vars(owner)["connect"] = sandboxed

    def _removing(self, original: Callable[..., None]) -> Callable[..., None]:
        def remove(path: Any, *args: Any, **kwargs: Any) -> None:
            copy = self._copies.get(os.path.realpath(os.fsdecode(path)))
            if copy is not None:
                original(copy)
            elif os.path.exists(path) is False:
                original(path, *args, **kwargs)

        return remove

    def _renaming(self, original: Callable[..., None]) -> Callable[..., None]:
        def rename(source: Any, target: Any, *args: Any, **kwargs: Any) -> None:
            copy = self._copies.get(os.path.realpath(os.fsdecode(source)))
            if copy is None:
                if not os.path.exists(source):
                    original(source, target, *args, **kwargs)
                return
            original(copy, self.where(os.fsdecode(target), writes=True, keep=False))

        return rename

    def _serialization(self, module: types.ModuleType) -> None:
        """torch.save and torch.load open their files in C."""
        save, load = module.save, module.load

        def sandboxed_save(obj: Any, f: Any, *args: Any, **kwargs: Any) -> Any:
            if isinstance(f, str | os.PathLike):
                f = self.where(os.fspath(f), writes=True, keep=False)
            return save(obj, f, *args, **kwargs)

        def sandboxed_load(f: Any, *args: Any, **kwargs: Any) -> Any:
            if isinstance(f, str | os.PathLike):
                f = self.where(os.fspath(f), writes=False)
            return load(f, *args, **kwargs)

        for owner in (module, sys.modules["torch"]):
            for name, function in (("save", sandboxed_save), ("load", sandboxed_load)):
                vars(owner)[name] = function
