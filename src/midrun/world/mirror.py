"""Files as they look with the changes to them, which lie in a folder of their own.

What is new or changed is in `upper`, under its whole path. What is gone has an empty file under its
whole path in `gone`; what was real there stays hidden from then on. Both are folders on disk, so
that all processes of a script see the same. Changes of earlier worlds lie below, in the same form.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

_LINKS = 40  # as many as Linux follows
_KERNEL = ("/dev/", "/proc/", "/sys/")


@dataclass(frozen=True)
class System:
    """The functions that reach the real files, before anybody replaces them."""

    lstat: Callable[..., os.stat_result] = os.lstat
    readlink: Callable[..., str] = os.readlink
    mkdir: Callable[..., None] = os.mkdir
    listdir: Callable[..., list[str]] = os.listdir
    unlink: Callable[..., None] = os.unlink
    rmdir: Callable[..., None] = os.rmdir
    symlink: Callable[..., None] = os.symlink
    getcwd: Callable[..., str] = os.getcwd
    chmod: Callable[..., None] = os.chmod
    utime: Callable[..., None] = os.utime
    open: Callable[..., int] = os.open
    rename: Callable[..., None] = os.rename


@dataclass
class Mirror:
    """The world whose changes are in the folder `home`. Folders in `open_to` are the real ones, and
    `below` are the homes of earlier worlds, the newest first."""

    home: str
    open_to: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)
    system: System = field(default_factory=System)

    def __post_init__(self) -> None:
        self._upper, self._gone = layer(self.home)
        self._layers = [layer(home) for home in (self.home, *self.below)]
        self._real = tuple(os.path.join(path, "") for path in (self.home, *self.open_to)) + _KERNEL

    def absolute(self, path: str) -> str:
        """The path in the world, with no symbolic link in its folders."""
        return self._resolve(os.path.join(self.getcwd(), path), last=False)

    def followed(self, path: str) -> str:
        """The same, with no symbolic link in it at all."""
        return self._resolve(os.path.join(self.getcwd(), path), last=True)

    def getcwd(self) -> str:
        """The current folder, by its name in the world."""
        now = self.system.getcwd()
        for upper, _ in self._layers:
            if now.startswith(os.path.join(upper, "")):
                return now.removeprefix(upper)
        return now

    def is_real(self, path: str) -> bool:
        """Whether it is one of those that the script may really change."""
        return os.path.join(path, "").startswith(self._real)

    def find(self, path: str) -> str:
        """Where what is at `path` (see `absolute`) lies; what doesn't exist is in `upper`."""
        if self.is_real(path):
            return path
        for upper, gone in self._layers:
            if self._lstat(upper + path) is not None:
                return upper + path
            if self._is_gone(gone + path):
                return self._upper + path
        return path

    def exists(self, path: str) -> bool:
        """Whether there is anything at `path`, be it a link that leads nowhere."""
        return self._lstat(self.find(path)) is not None

    def change(self, path: str, *, keep: bool = True) -> str:
        """Where what is at `path` may be changed: a copy is made, of what it holds now if `keep`. A
        new file can be made there, if its folder exists."""
        if self.is_real(path):
            return path
        now, copy = self.find(path), self._upper + path
        if now == copy and self._lstat(copy) is not None:
            return copy
        self._make_folder(os.path.dirname(path))
        found = self._lstat(now)
        if found is None:
            return copy
        if stat.S_ISDIR(found.st_mode):
            self._make_folder(path)
        elif stat.S_ISLNK(found.st_mode):
            self.system.symlink(self.system.readlink(now), copy)
        elif stat.S_ISREG(found.st_mode):
            self._copy(now, copy, found, keep)
        return copy

    def remove(self, path: str, is_folder: bool) -> None:
        """Remove a file, or a folder that is empty, as unlink(2) and rmdir(2) do."""
        now = self.find(path)
        remove = self.system.rmdir if is_folder else self.system.unlink
        if self.is_real(path) or not self.exists(path) or self._is_folder(now) != is_folder:
            remove(now)  # or it says why not
            return
        if is_folder and self.names(path):
            raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY), path)
        if now == self._upper + path:
            remove(now)
        self._hide(path)

    def names(self, path: str) -> list[str]:
        """What is in a folder."""
        found: set[str] = set()
        hidden: list[str] = []
        for upper, gone in [*self._layers, ("", "")]:
            if self._is_folder(upper + path):
                names = self.system.listdir(upper + path)
                found.update(name for name in names if not self._is_in(hidden, path, name))
            hidden.append(gone)
            if gone and self._is_gone(gone + path):
                break
        return sorted(found)

    def is_untouched(self, path: str) -> bool:
        """Whether nothing was changed in a folder."""
        if self.is_real(path):
            return True
        changes = [place + path for pair in self._layers for place in pair]
        return not any(self._is_folder(place) or self._is_gone(place) for place in changes)

    def move(self, old: str, new: str) -> None:
        """Rename, as rename(2) does."""
        source = self._whole(old)
        target = self.change(new, keep=False)
        if not self.is_real(new) and self._is_folder(self.find(new)):
            if not self._is_folder(source):
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), new)
            if self.names(new):
                raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY), new)
        self.system.rename(source, target)
        if not self.is_real(new):
            self._hide(new)
        if not self.is_real(old):
            self._hide(old)

    def _whole(self, path: str) -> str:
        """Where it lies, with all that is in it, to be moved away."""
        place = self.change(path)
        if not self.is_real(path) and self._is_folder(place):
            for name in self.names(path):
                self._whole(os.path.join(path, name))
        return place

    def _resolve(self, path: str, last: bool) -> str:
        left, done, links = path.split("/")[::-1], "", 0
        while left:
            name = left.pop()
            if name in ("", "."):
                continue
            if name == "..":
                done = os.path.dirname(done)
                continue
            here = f"{done}/{name}"
            place = self.find(here) if left or last else here
            found = self._lstat(place) if left or last else None
            if found is None or not stat.S_ISLNK(found.st_mode):
                done = here
                continue
            links += 1
            if links > _LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
            target = self.system.readlink(place)
            done = "" if target.startswith("/") else done
            left += target.split("/")[::-1]
        return done or "/"

    def _lstat(self, path: str) -> os.stat_result | None:
        try:
            return self.system.lstat(path)
        except OSError:
            return None

    def _is_folder(self, path: str) -> bool:
        found = self._lstat(path)
        return found is not None and stat.S_ISDIR(found.st_mode)

    def _is_gone(self, mark: str) -> bool:
        """Whether this is the mark of what is gone, or of a folder that it was in."""
        try:
            return not stat.S_ISDIR(self.system.lstat(mark).st_mode)
        except NotADirectoryError:
            return True
        except OSError:
            return False

    def _is_in(self, hidden: list[str], path: str, name: str) -> bool:
        return any(self._is_gone(os.path.join(gone + path, name)) for gone in hidden)

    def _hide(self, path: str) -> None:
        mark = self._gone + path
        if self._is_gone(mark):
            return
        if self._is_folder(mark):
            shutil.rmtree(mark)
        self._make(os.path.dirname(mark))
        os.close(self.system.open(mark, os.O_WRONLY | os.O_CREAT, 0o600))

    def _make_folder(self, path: str) -> None:
        """Make sure that a folder that exists in the world is in `upper`."""
        copy = self._upper + path
        if path == "/" or self._lstat(copy) is not None:
            return
        found = self.system.lstat(self.find(path))
        if not stat.S_ISDIR(found.st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)
        self._make_folder(os.path.dirname(path))
        self.system.mkdir(copy)
        self.system.chmod(copy, stat.S_IMODE(found.st_mode) | stat.S_IRWXU)

    def _make(self, folder: str) -> None:
        if not self._is_folder(folder):
            self._make(os.path.dirname(folder))
            self.system.mkdir(folder)

    def _copy(self, now: str, copy: str, found: os.stat_result, keep: bool) -> None:
        source = self.system.open(now if keep else os.devnull, os.O_RDONLY)
        target = self.system.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(source, "rb") as old, open(target, "wb") as new:
            shutil.copyfileobj(old, new, 1 << 20)
        self.system.chmod(copy, stat.S_IMODE(found.st_mode))
        if keep:
            self.system.utime(copy, ns=(found.st_atime_ns, found.st_mtime_ns))


def layer(home: str) -> tuple[str, str]:
    """Where the changes of the world in `home` lie: the folders `upper` and `gone`."""
    return os.path.join(home, "upper"), os.path.join(home, "gone")


def prepare(home: Path) -> None:
    """Make them."""
    for folder in layer(str(home)):
        Path(folder).mkdir(parents=True, exist_ok=True)
