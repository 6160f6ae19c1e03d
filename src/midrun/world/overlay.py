"""The world as overlays: each file system is seen through an overlay of the kernel's, which keeps
what is changed in a folder of its own (Linux 5.13, overlayfs in a user namespace).

A user who isn't root gets the mounts in a bundle that may not be taken apart: a folder that others
are mounted below can't be overlaid, so that the folders in it are, one by one, and it can only be
read itself (`has_locked_children` in the kernel's fs/namespace.c).
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from midrun.world import mounts, syscalls
from midrun.world.foreign import adopt, imitate
from midrun.world.mounts import Mount

PARTS = "parts.json"
# What mount(2) says if a file system can't be under an overlay.
_REFUSED = (errno.EINVAL, errno.EACCES, errno.ENOENT, errno.ELOOP, errno.ESTALE)


@dataclass(frozen=True)
class Place:
    """Where a world keeps its changes, the folders that are the real ones in it, and the places of
    the worlds whose changes are seen in it, the newest first."""

    home: str
    open_to: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Parts:
    """What a world is made of: for each folder that is overlaid, the folder that holds its changes;
    the folders and the files that can't be changed in it, though the user could."""

    uppers: dict[str, str] = field(default_factory=dict)
    readonly: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def can_change(self, folder: str) -> bool:
        """Whether a folder that the user could write to can be written to in the world."""
        head = os.path.join(folder, "")
        uppers, readonly = (
            max((len(path) for path in paths if head.startswith(os.path.join(path, ""))), default=0)
            for paths in (self.uppers, self.readonly)
        )
        return uppers > readonly

    def write(self, home: str) -> None:
        Path(home, PARTS).write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, home: str) -> Parts:
        return cls(**json.loads(Path(home, PARTS).read_text(encoding="utf-8")))


def enter(place: Place) -> None:
    """Become a process in that world. Raises OSError where the kernel doesn't allow it."""
    cwd = os.getcwd()
    builder = _Builder(place, is_locked=_isolate())
    builder.build()
    os.chdir(builder.stage)
    syscalls.mount(".", "/", flags=syscalls.MS_MOVE)
    os.chroot(".")
    os.chdir(cwd)


def _isolate() -> bool:
    """Get mounts of one's own. Returns whether that took a namespace of users, too, in which the
    mounts can't be taken apart."""
    try:
        syscalls.unshare(syscalls.CLONE_NEWNS)
        is_locked = False
    except PermissionError:
        is_locked = True
        user, group = os.geteuid(), os.getegid()
        syscalls.unshare(syscalls.CLONE_NEWUSER | syscalls.CLONE_NEWNS)
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    syscalls.mount("", "/", flags=syscalls.MS_REC | syscalls.MS_PRIVATE)
    return is_locked


class _Builder:
    """Builds the world at `stage`, a folder in its home, from the mounts as they are."""

    def __init__(self, place: Place, is_locked: bool) -> None:
        self.stage = os.path.join(place.home, "stage")
        self._is_locked = is_locked
        self._place = place
        self._mounts = mounts.visible()
        self._below = [Parts.read(home) for home in place.below]
        self._parts = Parts()
        self._descriptors: list[int] = []
        self._refusal: OSError | None = None

    def build(self) -> None:
        os.makedirs(self.stage, exist_ok=True)
        open_to = {path: _opened(path) for path in self._place.open_to}
        root = mounts.mount_of(self._mounts, "/")
        self._cover(root, root.path, attached=False)
        cwd = os.getcwd()
        if os.access(cwd, os.W_OK) and not self._parts.can_change(cwd):
            split = OSError(errno.EBUSY, "other file systems are mounted in it", cwd)
            raise self._refusal or split
        for home in (self._place.home, *self._place.below):
            self._hide(home)
        for path, source in open_to.items():
            os.makedirs(self._staged(path), exist_ok=True)
            flags = syscalls.MS_BIND | syscalls.MS_REC
            syscalls.mount(_name(source), self._staged(path), flags=flags)
        if not os.path.exists(os.path.join(self._place.home, PARTS)):
            self._parts.write(self._place.home)

    def _staged(self, path: str) -> str:
        return os.path.join(self.stage, path.lstrip("/")).rstrip("/")

    def _cover(self, mount: Mount, folder: str, attached: bool) -> None:
        """Put `folder`, which is on `mount`, into the world. `attached`: the real one is there, as
        part of an outer one."""
        inner = list(mounts.beneath(self._mounts, mount, folder))
        is_whole = not mount.readonly and not (inner and self._is_locked)
        if not mount.is_of_kernel and is_whole and self._overlay(folder, mount.is_shared_memory):
            for other in inner:
                self._cover(other, other.path, attached=False)
            return
        if not attached and not self._attach(folder):
            return
        if mount.is_of_kernel and mount.path == folder and not mount.readonly:
            syscalls.set_readonly(self._staged(folder), False)
        if mount.is_of_kernel or mount.readonly:
            for other in inner:
                self._cover(other, other.path, attached=True)
        elif inner:
            self._cover_apart(mount, folder, inner)
        elif os.path.isdir(folder):
            self._tell_readonly(folder)

    def _cover_apart(self, mount: Mount, folder: str, inner: list[Mount]) -> None:
        self._tell_readonly(folder)
        others = {other.path: other for other in inner}
        for path in _folders(folder) or others:
            self._cover(others.get(path, mount), path, attached=True)

    def _tell_readonly(self, folder: str) -> None:
        if os.access(folder, os.W_OK):
            self._parts.readonly.append(folder)

    def _attach(self, folder: str) -> bool:
        """Put the real one there, with all that is mounted in it, and closed to changes. False if
        this user can't reach it."""
        target = self._staged(folder)
        if not os.path.exists(folder):
            return False
        syscalls.mount(self._open(folder), target, flags=syscalls.MS_BIND | syscalls.MS_REC)
        syscalls.set_readonly(target, True, recursive=True)
        self._close()
        return True

    def _overlay(self, folder: str, in_memory: bool) -> bool:
        """Put an overlay of it there. False if that can't be done."""
        if not os.path.isdir(folder):
            return False
        name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
        base = os.path.join(self._place.home, "layers", name)
        upper, work = os.path.join(base, "upper"), os.path.join(base, "work")
        os.makedirs(base, exist_ok=True)
        if in_memory:
            syscalls.mount("midrun", base, kind="tmpfs")
        if not os.path.exists(upper):
            os.mkdir(upper)
            imitate(folder, upper)
            self._parts.foreign.extend(adopt(folder, upper))
        os.makedirs(work, exist_ok=True)
        layers = f"upperdir={self._open(upper)},workdir={self._open(work)}"
        options = f"lowerdir={self._lower(folder, base)},{layers},userxattr"
        try:
            syscalls.mount("midrun", self._staged(folder), kind="overlay", options=options)
        except OSError as error:
            if error.errno not in _REFUSED:
                raise
            self._refusal = self._refusal or error
            return False
        finally:
            self._close()
        if not in_memory:
            self._parts.uppers[folder] = upper
        return True

    def _lower(self, folder: str, base: str) -> str:
        """What is seen under the changes. Layers may not be folders of each other, and those of
        worlds below may well be in the folder that they belong to; seen through an overlay of its
        own, that is another one."""
        layers = [parts.uppers[folder] for parts in self._below if folder in parts.uppers]
        if not layers:
            return self._open(folder)
        blank, seen = os.path.join(base, "blank"), os.path.join(base, "seen")
        os.makedirs(blank, exist_ok=True)
        os.makedirs(seen, exist_ok=True)
        syscalls.mount("midrun", blank, kind="tmpfs")
        options = f"lowerdir={self._open(folder)}:{self._open(blank)},userxattr"
        syscalls.mount("midrun", seen, kind="overlay", options=options)
        return ":".join([*map(self._open, layers), self._open(seen)])

    def _open(self, path: str) -> str:
        """A name for what is at `path` now, whatever is mounted over it later, and whatever
        characters are in it. It holds until `_close`."""
        self._descriptors.append(_opened(path))
        return _name(self._descriptors[-1])

    def _close(self) -> None:
        while self._descriptors:
            os.close(self._descriptors.pop())

    def _hide(self, folder: str) -> None:
        """Show it empty: what is kept there would be seen twice."""
        target = self._staged(folder)
        syscalls.mount("midrun", target, kind="tmpfs", options="mode=755")


def _opened(path: str) -> int:
    return os.open(path, os.O_PATH | os.O_CLOEXEC)


def _name(descriptor: int) -> str:
    return f"/proc/self/fd/{descriptor}"


def _folders(folder: str) -> list[str]:
    """The folders in it; none if this user can't list them."""
    try:
        with os.scandir(folder) as entries:
            return [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []
