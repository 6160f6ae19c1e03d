"""A process that goes back must not touch the user's files: the run that it repeats may be waiting,
and writing to the same ones.

What the program opens for writing is a copy in a scratch folder from then on, for reading too, and
such copies can be handed on to the next process. This holds for files opened by Python's `open`
(NumPy and its memory maps, csv, json, logging, TensorBoard and the rest open theirs so), `os.open`,
`torch.save`, `sqlite3` and h5py, and for those that a savepoint brings back. All else that changes,
by libraries with code of their own or programs that are started, is lost with the process, where
the kernel lets it have overlays (`midrun.world`). Elsewhere files and folders that it removes stay,
and what the others change is changed. It is no protection against a program that means to get
around it.
"""

from __future__ import annotations

import builtins
import contextlib
import functools
import io
import os
import shutil
import sys
import types
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from midrun.run.imports import after_import
from midrun.world import overlay

_WRITES = frozenset("wax+")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_SPECIAL = ("/dev/", "/proc/", "/sys/")


class Sandbox:
    """Sends what is written to `scratch`, a folder in that of the branch, whose own files are left
    alone. `earlier` are copies that another sandbox has made (its `copies`): they are read, and not
    written to. `free` are folders that are written to as they are. `home` is a folder outside them,
    where the kernel may keep the rest; the process that started this one removes it."""

    def __init__(
        self,
        scratch: Path,
        earlier: Mapping[str, str] | None = None,
        *,
        free: Iterable[str] = (),
        home: Path | None = None,
    ) -> None:
        self.copies: dict[str, str] = {}
        self._scratch = scratch.resolve()
        self._earlier = dict(earlier or {})
        folders = (str(self._scratch.parent), *free)
        self._free = tuple(os.path.join(os.path.realpath(folder), "") for folder in folders)
        self._open = builtins.open
        self._home = home
        self._is_overlaid = False

    @classmethod
    def of_branch(cls, files: str, earlier: Mapping[str, str] | None = None) -> Sandbox:
        """That of a branch (`ask_branch`) whose program writes to the folder `files`."""
        scratch = Path(files)
        return cls(scratch, earlier, home=scratch.parent.with_name("world"))

    def overlay(self, path: str, contents: str) -> None:
        """Show other contents of a file."""
        copy = self.where(path, writes=True, keep=False)
        with self._open(copy, "w", encoding="utf-8", newline="") as file:
            file.write(contents)

    def enter(self) -> None:
        """From now on, in this process, for good."""
        self._overlay()
        builtins.open = self._opened
        io.open = self._opened
        for name in ("remove", "unlink", "rmdir"):
            setattr(os, name, self._removing(getattr(os, name)))
        shutil.rmtree = self._removing(shutil.rmtree)  # type: ignore[assignment]
        for name in ("rename", "replace"):
            setattr(os, name, self._renaming(getattr(os, name)))
        for name in ("truncate", "chmod", "utime"):
            setattr(os, name, self._changing(getattr(os, name)))
        os.open = self._opening(os.open)
        after_import("torch.serialization", self._serialization)
        after_import("sqlite3.dbapi2", self._databases)
        after_import("h5py.h5f", self._hdf5)

    def _overlay(self) -> None:
        """Have the kernel keep the rest, if it does that for this user."""
        if self._home is None:
            return
        cwd = os.getcwd()
        with contextlib.suppress(OSError):
            self._home.mkdir()
            open_to = [*filter(os.path.isdir, self._free)]
            overlay.enter(overlay.Place(os.path.realpath(self._home), open_to))
            self._is_overlaid = True
        os.chdir(cwd)

    def where(self, path: str, *, writes: bool, keep: bool = True) -> str:
        """Where a file is to be looked for, or written; with what it holds now if `keep`."""
        real = os.path.realpath(path)
        now = self._earlier.get(real, path)
        if real in self.copies or not writes or real.startswith(_SPECIAL):
            return self.copies.get(real, now)
        if self._is_of_branch(real):
            return path
        copy = str(self._scratch / f"{len(self.copies)}-{os.path.basename(real)}")
        if keep and os.path.isfile(now):
            shutil.copyfile(now, copy)
        elif not os.path.isdir(os.path.dirname(real)):
            return path  # as without the sandbox: an error
        self.copies[real] = copy
        return copy

    def _is_of_branch(self, path: str) -> bool:
        return os.path.realpath(path).startswith(self._free)

    def _may_change(self, path: Any) -> bool:
        """Whether to remove or rename it does no harm; to what is not there, it is an error."""
        is_free = self._is_overlaid or self._is_of_branch(os.fsdecode(path))
        return is_free or not os.path.exists(path)

    def _opened(self, file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        if isinstance(file, str | bytes | os.PathLike):
            path = os.fsdecode(file)
            writes = bool(_WRITES & set(mode))
            if writes or os.path.realpath(path) in self.copies | self._earlier:
                # An opener may leave out that "w" empties the file, as that of a resume does.
                keep = "w" not in mode or kwargs.get("opener") is not None
                file = self.where(path, writes=writes, keep=keep)
        return self._open(file, mode, *args, **kwargs)

    def _changing(self, original: Callable[..., None]) -> Callable[..., None]:
        def change(path: Any, *args: Any, **kwargs: Any) -> None:
            if not isinstance(path, int) and kwargs.get("dir_fd") is None:
                path = self.where(os.fsdecode(path), writes=True)
            original(path, *args, **kwargs)

        return change

    def _opening(self, original: Callable[..., int]) -> Callable[..., int]:
        def os_open(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
            if dir_fd is None and not flags & os.O_DIRECTORY:
                path = self.where(os.fsdecode(path), writes=bool(flags & _WRITING))
            return original(path, flags, mode, dir_fd=dir_fd)

        return os_open

    def _databases(self, module: types.ModuleType) -> None:
        """SQLite opens its files in C."""
        connect = module.connect

        def sandboxed(database: Any, *args: Any, **kwargs: Any) -> Any:
            named = isinstance(database, str | bytes | os.PathLike)
            if named and not kwargs.get("uri") and os.fsdecode(database) not in ("", ":memory:"):
                database = self.where(os.fsdecode(database), writes=True)
            return connect(database, *args, **kwargs)

        for owner in (module, sys.modules.get("sqlite3", module)):
            vars(owner)["connect"] = sandboxed

    def _hdf5(self, module: types.ModuleType) -> None:
        """HDF5 opens its files in C."""
        create, open_file = module.create, module.open

        def sandboxed_create(name: bytes, flags: int = module.ACC_TRUNC, **kwargs: Any) -> Any:
            path = self.where(os.fsdecode(name), writes=True, keep=flags != module.ACC_TRUNC)
            return create(os.fsencode(path), flags, **kwargs)

        def sandboxed_open(name: bytes, flags: int = module.ACC_RDWR, **kwargs: Any) -> Any:
            path = self.where(os.fsdecode(name), writes=bool(flags & module.ACC_RDWR))
            return open_file(os.fsencode(path), flags, **kwargs)

        vars(module).update(create=sandboxed_create, open=sandboxed_open)

    def _removing(self, original: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(original)
        def remove(path: Any, *args: Any, **kwargs: Any) -> None:
            copy = self.copies.get(os.path.realpath(os.fsdecode(path)))
            if copy is not None:
                original(copy)
            elif self._may_change(path):
                original(path, *args, **kwargs)

        return remove

    def _renaming(self, original: Callable[..., None]) -> Callable[..., None]:
        def rename(source: Any, target: Any, *args: Any, **kwargs: Any) -> None:
            copy = self.copies.get(os.path.realpath(os.fsdecode(source)))
            if copy is None:
                if self._may_change(source):
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
