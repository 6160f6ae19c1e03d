"""Imports of the program's own modules in hot form."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import operator
import os
import site
import sys
import sysconfig
import types
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path

from midrun.source.book import Book
from midrun.source.module import Source


class Own:
    """Tells the program's own files from those of libraries: they lie under the project's root or
    the script's folder, and not in an installation of Python."""

    def __init__(self, roots: list[str], through: list[str]) -> None:
        self.roots = roots
        self._known: dict[str, bool] = {}
        self._made: dict[str, bool] = {}
        self._real_folders: dict[str, str] = {}
        self._seen: dict[str, types.ModuleType] = {}  # all modules at the last look
        self._found: list[str] = []  # the names of the program's own among them
        self._folders = [os.path.join(os.path.realpath(root), "") for root in roots]
        self._through = tuple(through)
        paths = sysconfig.get_paths()
        installed = {paths[k] for k in ("stdlib", "platstdlib", "purelib", "platlib")}
        installed |= {*site.getsitepackages(), site.getusersitepackages()}
        self._installed = [os.path.join(os.path.realpath(path), "") for path in installed]
        self._installed.append(os.path.join(str(Path(__file__).parent.parent), ""))

    def has_file(self, path: str) -> bool:
        """Whether a file or folder is the program's own. The answer is kept, since each savepoint
        asks it of every module while the program stands still."""
        if path not in self._known:
            self._known[path] = self._has_file(path)
        return self._known[path]

    def _has_file(self, path: str) -> bool:
        if not os.path.isabs(path):  # torch gives some of its modules names like "_ops.py"
            return False
        real = self._real(path)
        if not any(real.startswith(root) for root in self._folders):
            return False
        parts = real.split(os.sep)
        if "site-packages" in parts or "dist-packages" in parts:
            return False
        return not any(real.startswith(folder) for folder in self._installed)

    def _real(self, path: str) -> str:
        """The file that `path` leads to. A folder is followed once for all that is in it."""
        folder, name = os.path.split(path)
        if name in ("", ".", "..") or os.path.islink(path):
            return os.path.realpath(path)
        if folder not in self._real_folders:
            self._real_folders[folder] = os.path.realpath(folder)
        return os.path.join(self._real_folders[folder], name)

    def is_hot(self, name: str, path: str | None) -> bool:
        """Whether a module is compiled in hot form: savepoints are taken in it."""
        return self._is_through(name) or (path is not None and self.has_file(path))

    def _is_through(self, name: str) -> bool:
        return any(name == one or name.startswith(f"{one}.") for one in self._through)

    def through_modules(self) -> list[str]:
        """The names of all loaded modules of packages that savepoints are taken in. These packages
        stay libraries: what their modules hold is not the program's state."""
        if not self._through:
            return []
        return sorted(name for name in list(sys.modules) if self._is_through(name))

    def modules(self) -> list[str]:
        """The names of all loaded modules that are the program's own, `__main__` first."""
        now, before = dict(sys.modules), self._seen
        if [*now] != [*before] or not all(map(operator.is_, now.values(), before.values())):
            self._seen = now
            self._found = [
                name
                for name, module in now.items()
                if name not in ("__main__", "__mp_main__")
                and type(module) is types.ModuleType  # not torch's stand-ins
                and self._is_own(name, module)
            ]
        return ["__main__", *self._found]

    def _is_own(self, name: str, module: types.ModuleType) -> bool:
        path = getattr(module, "__file__", None)
        if path is None:  # a namespace package
            folders = list(getattr(module, "__path__", ()))
            return bool(folders) and all(self.has_file(folder) for folder in folders)
        if not path.endswith(".py") or not os.path.isabs(path):
            return False
        return self.has_file(path) or self._is_made(name, module, path)

    def _is_made(self, name: str, module: types.ModuleType, path: str) -> bool:
        """Whether a module was made at run time from a file that no import would find again (as
        PyTorch Geometric does): it is the program's own then, wherever the file lies."""
        if name not in self._made:
            real = os.path.realpath(path)
            installed = any(real.startswith(folder) for folder in self._installed)
            self._made[name] = module.__name__ == name and not installed and not _is_found(name)
        return self._made[name]


def _is_found(name: str) -> bool:
    """Whether an import of a module that is loaded would find one of its name."""
    parent = sys.modules.get(name.rpartition(".")[0])
    folders = getattr(parent, "__path__", None)
    finders = [finder for finder in sys.meta_path if hasattr(finder, "find_spec")]
    return any(finder.find_spec(name, folders) is not None for finder in finders)


class HotFinder(importlib.abc.MetaPathFinder):
    """Finds what Python's own path finder finds, and has the program's own files compiled hot."""

    def __init__(self, book: Book, own: Own) -> None:
        self._book = book
        self._own = own

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: types.ModuleType | None = None,
    ) -> ModuleSpec | None:
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or type(spec.loader) is not importlib.machinery.SourceFileLoader:
            return None
        if not self._own.is_hot(fullname, spec.origin):
            return None
        spec.loader = HotLoader(spec.loader.name, spec.loader.path, self._book)
        return spec


class HotLoader(importlib.machinery.SourceFileLoader):
    """Loads one of the program's own files."""

    def __init__(self, name: str, path: str, book: Book) -> None:
        super().__init__(name, path)
        self._book = book

    def get_code(self, fullname: str) -> types.CodeType:
        # By `open`, which a branch may have put another text behind; Python's own loader goes
        # around it.
        return self._book.add(Source.read(self.path))
