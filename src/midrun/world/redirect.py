"""Python's functions for files, sent through a `Mirror`.

A function that is given a descriptor, or a path relative to one, is left alone.
"""

from __future__ import annotations

import builtins
import functools
import glob
import io
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from midrun.world.entries import Entries
from midrun.world.mirror import Mirror

_WRITES = frozenset("wax+")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# What the functions of `os` do with the path that is their first argument.
_LOOK = ("access", "chdir", "getxattr", "listxattr", "pathconf", "stat", "statvfs")
_LOOK_AT_LINK = ("lstat", "readlink")
_CHANGE = ("chmod", "chown", "removexattr", "setxattr", "truncate", "utime")
_CHANGE_LINK = ("lchown",)
_MAKE = ("mkdir", "mkfifo", "mknod")
_REMOVE = ("remove", "rmdir", "unlink")
_RENAME = ("rename", "replace")

Function = Callable[..., Any]
Place = Callable[[str], str]


class Redirection:
    """Makes the files that `mirror` shows those that Python's functions work with."""

    def __init__(self, mirror: Mirror) -> None:
        self.mirror = mirror
        self._open = builtins.open

    def install(self) -> None:
        """From now on, in this process, for good."""
        self._replace(_LOOK, lambda f: self._placed(f, self.to_read, self._to_read_link))
        self._replace(_LOOK_AT_LINK, lambda f: self._placed(f, self._to_read_link))
        self._replace(_CHANGE, lambda f: self._placed(f, self._to_change, self._to_change_link))
        self._replace(_CHANGE_LINK, lambda f: self._placed(f, self._to_change_link))
        self._replace(_MAKE, lambda f: self._placed(f, self._to_make))
        self._replace(_REMOVE, self._removing)
        self._replace(_RENAME, self._renaming)
        self._replace(("symlink",), self._linking)
        self._replace(("link",), self._linking_hard)
        self._replace(("listdir",), self._listing)
        self._replace(("scandir",), self._scanning)
        self._replace(("open",), self._opening)
        os.getcwd = self.mirror.getcwd
        builtins.open = io.open = self._opened
        # This was decided by the functions that there were when shutil was imported.
        vars(shutil)["_use_fd_functions"] = False

    def to_read(self, path: Any) -> str:
        """Where what is at `path` lies, links followed."""
        return self.mirror.find(self.mirror.followed(os.fsdecode(path)))

    def to_write(self, path: Any, *, keep: bool = True) -> str:
        """Where a file is to be written, with what it holds now if `keep`."""
        return self.mirror.change(self.mirror.followed(os.fsdecode(path)), keep=keep)

    def _to_read_link(self, path: str) -> str:
        return self.mirror.find(self.mirror.absolute(path))

    def _to_change(self, path: str) -> str:
        return self._existing(self.mirror.followed(path))

    def _to_change_link(self, path: str) -> str:
        return self._existing(self.mirror.absolute(path))

    def _existing(self, path: str) -> str:
        exists = self.mirror.exists(path)  # if not, the function itself says so
        return self.mirror.change(path) if exists else self.mirror.find(path)

    def _to_make(self, path: str) -> str:
        path = self.mirror.absolute(path)
        exists = self.mirror.exists(path)
        return self.mirror.find(path) if exists else self.mirror.change(path)

    def _replace(self, names: tuple[str, ...], wrap: Callable[[Function], Function]) -> None:
        for name in names:
            original = getattr(os, name, None)
            if original is None:  # not on this system
                continue
            function = functools.wraps(original)(wrap(original))
            for supported in (os.supports_follow_symlinks, os.supports_fd):
                if original in supported:
                    supported.add(function)
            setattr(os, name, function)
            _replace_in_globbers(original, function)

    def _placed(self, original: Function, place: Place, of_link: Place | None = None) -> Function:
        def function(path: Any, *args: Any, **kwargs: Any) -> Any:
            if _is_of_descriptor(path, kwargs):
                return original(path, *args, **kwargs)
            is_link = of_link is not None and kwargs.get("follow_symlinks") is False
            with _in_words_of(path):
                where = (of_link if is_link and of_link else place)(os.fsdecode(path))
                return original(_like(path, where), *args, **kwargs)

        return function

    def _removing(self, original: Function) -> Function:
        is_of_folder = original is os.rmdir

        def remove(path: Any, *args: Any, **kwargs: Any) -> None:
            if _is_of_descriptor(path, kwargs):
                original(path, *args, **kwargs)
                return
            with _in_words_of(path):
                self.mirror.remove(self.mirror.absolute(os.fsdecode(path)), is_of_folder)

        return remove

    def _renaming(self, original: Function) -> Function:
        def rename(src: Any, dst: Any, **kwargs: Any) -> None:
            if any(value is not None for value in kwargs.values()):
                original(src, dst, **kwargs)
                return
            with _in_words_of(src, dst):
                old, new = map(self.mirror.absolute, map(os.fsdecode, (src, dst)))
                self.mirror.move(old, new)

        return rename

    def _linking(self, original: Function) -> Function:
        def symlink(src: Any, dst: Any, *args: Any, **kwargs: Any) -> None:
            with _in_words_of(src, dst):
                original(src, _like(src, self._to_make(os.fsdecode(dst))), *args, **kwargs)

        return symlink

    def _linking_hard(self, original: Function) -> Function:
        def link(src: Any, dst: Any, *args: Any, **kwargs: Any) -> None:
            with _in_words_of(src, dst):
                old, new = self._to_change_link(os.fsdecode(src)), self._to_make(os.fsdecode(dst))
                original(old, new, *args, **kwargs)

        return link

    def _listing(self, original: Function) -> Function:
        def listdir(path: Any = None) -> Any:
            if isinstance(path, int):
                return original(path)
            with _in_words_of(path):
                folder = self.mirror.followed(os.fsdecode("." if path is None else path))
                if self.mirror.is_untouched(folder):
                    return original(_like(path, folder))
                original(self.mirror.find(folder))  # it may not be one, or not ours to read
                names = self.mirror.names(folder)
            return [os.fsencode(name) for name in names] if isinstance(path, bytes) else names

        return listdir

    def _scanning(self, original: Function) -> Function:
        def scandir(path: Any = None) -> Any:
            if isinstance(path, int):
                return original(path)
            folder = self.mirror.followed(os.fsdecode("." if path is None else path))
            if self.mirror.is_untouched(folder) and os.path.isabs(path or "."):
                return original(path)
            return Entries("." if path is None else os.fspath(path), os.listdir(path))

        return scandir

    def _opening(self, original: Function) -> Function:
        def os_open(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
            if dir_fd is None:
                writes = flags & _WRITING
                keep = not flags & os.O_TRUNC or bool(flags & os.O_EXCL)
                with _in_words_of(path):
                    where = self.to_write(path, keep=keep) if writes else self.to_read(path)
                    return int(original(where, flags, mode))
            return int(original(path, flags, mode, dir_fd=dir_fd))

        return os_open

    def _opened(self, file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        if not isinstance(file, str | bytes | os.PathLike):
            return self._open(file, mode, *args, **kwargs)
        with _in_words_of(file):
            if not _WRITES & set(mode):
                return self._open(self.to_read(file), mode, *args, **kwargs)
            # An opener may leave out that "w" empties the file, as that of a resume does.
            keep = "w" not in mode or kwargs.get("opener") is not None
            return self._open(self.to_write(file, keep=keep), mode, *args, **kwargs)


def _replace_in_globbers(original: Function, function: Function) -> None:
    """From Python 3.13 on, the classes behind `Path.glob` keep functions of `os` (Lib/glob.py)."""
    for owner in vars(glob).values():
        for name, value in list(vars(owner).items()) if isinstance(owner, type) else ():
            if isinstance(value, staticmethod) and value.__func__ is original:
                setattr(owner, name, staticmethod(function))


def _is_of_descriptor(path: Any, kwargs: dict[str, Any]) -> bool:
    return isinstance(path, int) or kwargs.get("dir_fd") is not None


def _like(path: Any, where: str) -> str | bytes:
    """As text or bytes, as the path was given, since some functions answer in kind."""
    return os.fsencode(where) if isinstance(path, bytes) else where


@contextmanager
def _in_words_of(*paths: Any) -> Iterator[None]:
    """Errors name the files that the script named."""
    try:
        yield
    except OSError as error:
        if isinstance(error.filename, str | bytes):
            error.filename = os.fspath(paths[0])
            error.filename2 = os.fspath(paths[1]) if len(paths) > 1 else None
        raise
