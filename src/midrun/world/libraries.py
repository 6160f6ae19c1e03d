"""Libraries that open files from C, by the path that they are given.

`numpy.memmap`, pandas, Pillow, TensorBoard and the rest open theirs in Python.
"""

from __future__ import annotations

import functools
import os
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from midrun.run.imports import after_import
from midrun.world.redirect import Redirection


@dataclass(frozen=True)
class _Opener:
    """A function that opens a file: where it is defined, and under which names of modules it is
    known too; the place and the name of the argument with the path; whether it writes (a file that
    is opened for writing is `kept` if it may be read, too)."""

    module: str
    name: str
    also: tuple[str, ...] = ()
    position: int = 0
    argument: str = ""
    writes: Callable[[tuple[Any, ...], dict[str, Any]], bool] = lambda _args, _kwargs: True
    keeps: bool = True


def _hdf5_writes(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    mode: str = kwargs.get("mode", args[2] if len(args) > 2 else "r")
    return mode != "r"


_OPENERS = (
    _Opener("torch.serialization", "save", ("torch",), 1, "f", keeps=False),
    _Opener("torch.serialization", "load", ("torch",), 0, "f", lambda _args, _kwargs: False),
    _Opener("sqlite3.dbapi2", "connect", ("sqlite3",), 0, "database"),
    _Opener("h5py._hl.files", "File.__init__", (), 1, "name", _hdf5_writes),
)


def redirect_libraries(redirection: Redirection) -> None:
    """Send what they open through it, once they have been imported."""
    for opener in _OPENERS:
        after_import(opener.module, functools.partial(_redirect, redirection, opener))


def _redirect(redirection: Redirection, opener: _Opener, module: types.ModuleType) -> None:
    *path, name = opener.name.split(".")
    owner = functools.reduce(getattr, path, module)
    original = getattr(owner, name)

    @functools.wraps(original)
    def function(*args: Any, **kwargs: Any) -> Any:
        place = list(args)
        named = opener.argument in kwargs
        file = kwargs.get(opener.argument) if named else args[opener.position]
        if _is_path(file, kwargs):
            writes = opener.writes(args, kwargs)
            where = redirection.to_read(file)
            if writes:
                where = redirection.to_write(file, keep=opener.keeps)
            if named:
                kwargs[opener.argument] = where
            else:
                place[opener.position] = where
        return original(*place, **kwargs)

    setattr(owner, name, function)
    for other in opener.also:
        if other in sys.modules:
            setattr(sys.modules[other], name, function)


def _is_path(file: Any, kwargs: dict[str, Any]) -> bool:
    """SQLite's databases may be in memory, or named by a URI."""
    is_path = isinstance(file, str | bytes | os.PathLike)
    return is_path and not kwargs.get("uri") and os.fsdecode(file) not in ("", ":memory:")
