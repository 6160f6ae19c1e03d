"""What the script writes: the files, and the calls of torch.save with their time."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import types
from collections.abc import Callable
from typing import Any

from midrun.rehearse.detour import is_checkpoint
from midrun.rehearse.hearing import Heard
from midrun.rehearse.loops.meter import Meter
from midrun.rehearse.request import Save
from midrun.rehearse.watching.places import Place
from midrun.run.imports import after_import

_NOWHERE = Place("", 0)
_SPECIAL = ("/dev/", "/proc/", "/sys/")


class Saves:
    """Notes each call of torch.save (the file, and the user's line, which is `here`), and each file
    that is opened for writing, but for those in the folder `notes`. `saved` and `loaded` are called
    after those of torch.save and torch.load. `files` are those that were opened for writing, or
    took the place of another one."""

    def __init__(
        self,
        meter: Meter,
        here: Callable[[], Place | None],
        saved: Callable[[Save], None],
        loaded: Callable[[str, Place], None],
        notes: str,
    ) -> None:
        self._meter = meter
        self._here = here
        self._saved = saved
        self._loaded = loaded
        self._notes = notes
        self.found: list[Save] = []
        self.files: set[str] = set()

    def watch(self) -> None:
        """Note the calls of torch.save from now on."""
        after_import("torch.serialization", self._serialization)

    @property
    def heard(self) -> dict[str, Heard]:
        """Files that are written, by the events that tell of them (see `hearing`)."""
        return {
            "open": self._opened, "os.rename": self._renamed, "sqlite3.connect": self._connected
        }  # fmt: skip

    def bytes_on_disk(self) -> int:
        """How large all files that were written are now."""
        total = 0
        for path in tuple(self.files):  # threads may open files meanwhile
            with contextlib.suppress(OSError, ValueError):
                total += os.lstat(path).st_size
        return total

    def _opened(self, arguments: tuple[Any, ...]) -> None:
        path, mode, flags = arguments
        writes = bool(flags & (os.O_WRONLY | os.O_RDWR)) if mode is None else mode[:1] != "r"
        if (writes or (mode and "+" in mode)) and isinstance(path, str | bytes):
            self._note(os.fsdecode(path))

    def _renamed(self, arguments: tuple[Any, ...]) -> None:
        if isinstance(arguments[1], str | bytes | os.PathLike):
            self._note(os.fsdecode(arguments[1]))

    def _connected(self, arguments: tuple[Any, ...]) -> None:
        if isinstance(arguments[0], str | bytes):
            self._note(os.fsdecode(arguments[0]))

    def _note(self, path: str) -> None:
        path = os.path.abspath(path)
        if not path.startswith((*_SPECIAL, self._notes)):
            self.files.add(path)

    def _serialization(self, module: types.ModuleType) -> None:
        original = module.save

        @functools.wraps(original)
        def save(obj: Any, f: Any, *args: Any, **kwargs: Any) -> Any:
            place = self._here() or _NOWHERE
            by_library = sys._getframe(1).f_code.co_filename != place.file
            with self._meter.during(("save", place.file, str(place.line))):
                result = original(obj, f, *args, **kwargs)
            if isinstance(f, str | os.PathLike):
                self._note(os.fspath(f))
                path = os.path.realpath(os.fspath(f))
                checkpoint = is_checkpoint(obj)
                self.found.append(Save(path, place.file, place.line, checkpoint, by_library))
                self._saved(self.found[-1])
            return result

        read = module.load

        @functools.wraps(read)
        def load(f: Any, *args: Any, **kwargs: Any) -> Any:
            place = self._here() or _NOWHERE
            result = read(f, *args, **kwargs)
            self._loaded(str(f), place)
            return result

        for owner in (module, sys.modules["torch"]):
            vars(owner).update(save=save, load=load)
