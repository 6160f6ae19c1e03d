"""Calls that work once: making a folder or a link, removing a file or a folder, renaming one.

A resumed program comes again to those that its run made after the savepoint. Their work is done, so
they fail: `os.makedirs` of a folder that is there, `os.remove` of a checkpoint that is gone. Each
run notes them, and after a resume such a call does nothing, once, and succeeds.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from midrun.run.current import Run
    from midrun.store import Run as StoredRun

_EVENT = "once"
_MOST = 10_000  # that are noted in a run
_IN_OS = ("mkdir", "link", "symlink", "remove", "unlink", "rmdir", "rename", "replace")
_REPLACED = [*((os, name) for name in _IN_OS), (shutil, "rmtree")]
_SAFE = "avoids_symlink_attacks"  # which shutil.rmtree says of itself
_DESCRIPTORS = ("dir_fd", "src_dir_fd", "dst_dir_fd")

Call = tuple[str, ...]  # what it is called, and the paths


class Once:
    """Takes the place of such functions, which it calls. `os.makedirs` and the methods of `pathlib`
    come to them, too."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._noted = 0
        self._ahead: Counter[Call] = Counter()  # made after the savepoint, and not come to again
        self._original: dict[str, Callable[..., Any]] = {}
        self._store = ""  # midrun's own files

    def __reduce__(self) -> Any:
        return getattr, (self._run, "once")

    def install(self) -> None:
        """From now on, in this process."""
        self._store = str(self._run.stored.store.folder) + os.sep
        # Bound methods have the attributes of their functions.
        setattr(Once.rmtree, _SAFE, getattr(shutil.rmtree, _SAFE))
        for module, name in _REPLACED:
            original = self._original[name] = getattr(module, name)
            function = getattr(self, name)
            setattr(module, name, function)
            if original in os.supports_dir_fd:
                os.supports_dir_fd.add(function)

    def write(self) -> dict[str, Any]:
        """For a savepoint: how many calls were noted, and those that are ahead."""
        return {"noted": self._noted, "ahead": [list(call) for call in self._ahead.elements()]}

    def go_on(self, written: dict[str, Any] | None, before: StoredRun) -> None:
        """The program continues from a savepoint of the run `before`, with what was `written`."""
        if written is not None:
            calls = [event["call"] for event in before.events(_EVENT)]
            since = Counter(map(tuple, calls[written["noted"] :]))
            self._ahead = Counter(map(tuple, written["ahead"])) | since

    def mkdir(self, path: Any, *args: Any, **kwargs: Any) -> None:
        """`os.mkdir`"""
        self._call("mkdir", FileExistsError, (path,), args, kwargs)

    def link(self, src: Any, dst: Any, *args: Any, **kwargs: Any) -> None:
        """`os.link`"""
        self._call("link", FileExistsError, (src, dst), args, kwargs)

    def symlink(self, src: Any, dst: Any, *args: Any, **kwargs: Any) -> None:
        """`os.symlink`"""
        self._call("symlink", FileExistsError, (src, dst), args, kwargs)

    def remove(self, path: Any, *args: Any, **kwargs: Any) -> None:
        """`os.remove`"""
        self._call("remove", FileNotFoundError, (path,), args, kwargs)

    def unlink(self, path: Any, *args: Any, **kwargs: Any) -> None:
        """`os.unlink`"""
        self._call("unlink", FileNotFoundError, (path,), args, kwargs)

    def rmdir(self, path: Any, *args: Any, **kwargs: Any) -> None:
        """`os.rmdir`"""
        self._call("rmdir", FileNotFoundError, (path,), args, kwargs)

    def rmtree(self, path: Any, *args: Any, **kwargs: Any) -> None:
        """`shutil.rmtree`"""
        self._call("rmtree", FileNotFoundError, (path,), args, kwargs)

    def rename(self, src: Any, dst: Any, *args: Any, **kwargs: Any) -> None:
        """`os.rename`"""
        self._call("rename", FileNotFoundError, (src, dst), args, kwargs)

    def replace(self, src: Any, dst: Any, *args: Any, **kwargs: Any) -> None:
        """`os.replace`"""
        self._call("replace", FileNotFoundError, (src, dst), args, kwargs)

    def _call(
        self,
        name: str,
        fails: type[OSError],
        paths: tuple[Any, ...],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        call = self._noticed(name, paths, kwargs)
        try:
            self._original[name](*paths, *args, **kwargs)
        except fails:
            if call is None or not self._ahead[call]:
                raise
        if call is not None:
            self._note(call)

    def _noticed(self, name: str, paths: tuple[Any, ...], kwargs: dict[str, Any]) -> Call | None:
        """The call as it is noted; None if it is not."""
        if os.getpid() != self._run.pid or any(kwargs.get(key) is not None for key in _DESCRIPTORS):
            return None
        try:
            absolute = [os.path.abspath(os.fsdecode(path)) for path in paths]
        except (TypeError, OSError):  # the function itself says so
            return None
        return None if absolute[0].startswith(self._store) else (name, *absolute)

    def _note(self, call: Call) -> None:
        self._ahead -= Counter([call])
        if self._noted < _MOST:
            with contextlib.suppress(OSError):
                self._run.stored.log({"event": _EVENT, "call": call})
                self._noted += 1
