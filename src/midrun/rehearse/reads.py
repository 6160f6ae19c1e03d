"""The data that the script reads: the files and folders that Python opens in its process."""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from collections.abc import Collection, Iterable
from typing import Any

from midrun.rehearse.hearing import Heard

_MOST = 20_000  # files that are noted
_ELSEWHERE = ("/proc", "/sys", "/dev", "/etc", "/usr", "/lib", "/opt", "/var", "/run")
_CODE = (".py", ".pyc", ".pyi", ".so", ".ipynb")


class Reads:
    """Notes what is opened for reading, and which folders are listed. What libraries read with code
    of their own (HDF5), and what worker processes read, is not seen; the folder that they read from
    is, where the program lists it."""

    def __init__(self) -> None:
        self._files: set[str] = set()
        self._folders: set[str] = set()

    @property
    def heard(self) -> dict[str, Heard]:
        """By the events that tell of them (see `hearing`)."""
        return {"open": self._opened, "os.scandir": self._listed, "os.listdir": self._listed}

    def data(self, own: Iterable[str], written: Collection[str]) -> list[str]:
        """The folders and files of data among them, none within another one. `own` are the files of
        the program, `written` those that it has written."""
        return roots(self._files, self._folders, own, written, _not_data())

    def _opened(self, arguments: tuple[Any, ...]) -> None:
        path, mode, flags = arguments
        writes = flags & (os.O_WRONLY | os.O_RDWR) if mode is None else mode[:1] != "r"
        if not writes and isinstance(path, str) and len(self._files) < _MOST:
            self._files.add(os.path.abspath(path))

    def _listed(self, arguments: tuple[Any, ...]) -> None:
        folder = arguments[0]
        if isinstance(folder, str) and len(self._folders) < _MOST:
            self._folders.add(os.path.abspath(folder))


def roots(
    files: Iterable[str],
    folders: Iterable[str],
    own: Iterable[str],
    written: Collection[str],
    elsewhere: Collection[str],
) -> list[str]:
    """Of what was read, what is data: not below `elsewhere`, nor a folder that has files of the
    program's own in it, or such as it has written."""
    mixed = {folder for path in (*own, *written) for folder in _above(path)} | set(sys.path)
    kept = {
        folder
        for folder in folders
        if folder not in mixed
        and not _is_below(folder, elsewhere)
        and not _is_hidden(folder)
        and not os.path.exists(os.path.join(folder, "__init__.py"))  # an import has listed it
    }
    outermost = {folder for folder in kept if not any(one in kept for one in _above(folder))}
    single = {
        path
        for path in files
        if path not in written
        and not path.endswith(_CODE)
        and not _is_below(path, elsewhere)
        and not _is_hidden(path)
        and not any(one in outermost for one in _above(path))
        and os.path.isfile(path)
    }
    return sorted(single | {folder for folder in outermost if os.path.isdir(folder)})


def _above(path: str) -> list[str]:
    found = []
    while (above := os.path.dirname(path)) != path:
        found.append(above)
        path = above
    return found


def _is_below(path: str, folders: Collection[str]) -> bool:
    return path in folders or any(one in folders for one in _above(path))


def _is_hidden(path: str) -> bool:
    return f"{os.sep}." in path


def _not_data() -> frozenset[str]:
    """The folders of the system, of Python and of its packages."""
    paths = {sys.prefix, sys.base_prefix, *sysconfig.get_paths().values(), *site.getsitepackages()}
    return frozenset({os.path.abspath(path) for path in paths} | set(_ELSEWHERE))
