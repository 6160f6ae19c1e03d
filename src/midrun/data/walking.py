"""Every file below some paths, once: no folder is entered twice, and nothing special is opened."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field

from midrun.data.finding import Finding, printable
from midrun.errors import MidrunError

_SPECIAL = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISBLK, "a block device"),
    (stat.S_ISCHR, "a character device"),
)


@dataclass
class Walk:
    """What a walk met. `files` are grouped by the path that was given, in the order of names;
    `folders` holds the names in each folder; `hidden` are folders that were left out, since their
    name begins with a dot."""

    files: dict[str, list[str]] = field(default_factory=dict)
    folders: dict[str, list[str]] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def walk(paths: Iterable[str]) -> Walk:
    """All files below `paths`, which are folders or files.

    Links are followed as a training's reader would, but a folder is entered once only, told by its
    device and inode. Raises MidrunError ("no-data") for a path that is not there.
    """
    walker = _Walker()
    for path in dict.fromkeys(os.path.normpath(path) for path in paths):
        walker.start(path)
    walker.follow()
    return walker.walk


def special(mode: int) -> str:
    """What a file that is neither a file nor a folder is, in words; "" for the others."""
    return next((words for test, words in _SPECIAL if test(mode)), "")


class _Walker:
    def __init__(self) -> None:
        self.walk = Walk()
        self._entered: dict[tuple[int, int], str] = {}  # each folder by device and inode
        self._files: dict[tuple[int, int], str] = {}  # what links to files lead to
        self._roots: list[str] = []
        self._links: list[tuple[str, str]] = []  # links, and the path that was given

    def start(self, root: str) -> None:
        try:
            found = os.stat(root)
        except FileNotFoundError:
            raise MidrunError(_absent(root), slug="no-data") from None
        except OSError as error:
            text = f"{printable(root)} can't be looked at: {error.strerror}"
            raise MidrunError(text, slug="no-data") from None
        self.walk.files[root] = []
        real = os.path.realpath(root)
        self._roots.append(real if stat.S_ISDIR(found.st_mode) else os.path.dirname(real))
        if stat.S_ISDIR(found.st_mode):
            self._enter(root, root)
        elif stat.S_ISREG(found.st_mode):
            above = os.stat(os.path.dirname(root) or ".")
            if (above.st_dev, above.st_ino) not in self._entered:
                self.walk.files[root].append(root)
        else:
            self._special(root, found.st_mode)

    def follow(self) -> None:
        """Follow the links, after all that needs none, so that a link is told and not its target;
        what they lead to may hold links, too."""
        while self._links:
            links, self._links = self._links, []
            for path, root in sorted(links):
                self._link(path, root)

    def _enter(self, folder: str, root: str) -> None:
        if not self._is_new(folder, os.stat(folder)):
            return
        below = [folder]
        while below:
            folder = below.pop()
            try:
                entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
            except OSError as error:
                self._refused(folder, error)
                continue
            self.walk.folders[folder] = [entry.name for entry in entries]
            folders = []
            for entry in entries:
                try:
                    if self._meet(entry, root):
                        folders.append(entry.path)
                except FileNotFoundError:
                    self._found("vanished", entry.path, "vanished after its folder was listed")
            below += reversed(folders)

    def _meet(self, entry: os.DirEntry[str], root: str) -> bool:
        """Enter one name; whether it is a folder to go into."""
        if entry.is_symlink():
            self._links.append((entry.path, root))
        elif entry.is_file(follow_symlinks=False):
            if entry.path not in self.walk.files:
                self.walk.files[root].append(entry.path)
        elif entry.is_dir(follow_symlinks=False):
            if not entry.name.startswith("."):
                return self._is_new(entry.path, entry.stat(follow_symlinks=False))
            self.walk.hidden.append(entry.path)
        else:
            self._special(entry.path, entry.stat(follow_symlinks=False).st_mode)
        return False

    def _is_new(self, folder: str, found: os.stat_result) -> bool:
        """Whether a folder has not been entered: it may lie below another path that was given, or
        be mounted twice."""
        key = found.st_dev, found.st_ino
        if key in self._entered:
            return False
        self._entered[key] = folder
        return True

    def _link(self, path: str, root: str) -> None:
        target = printable(os.readlink(path))
        try:
            found = os.stat(path)
        except FileNotFoundError:
            self._found("dangling-link", path, f"leads to {target}, which is not there")
            return
        except PermissionError:
            self._found("no-permission", path, f"leads to {target}, which this user may not see")
            return
        except OSError as error:  # ELOOP: a ring of links
            self._found("dangling-link", path, f"leads to {target}: {error.strerror}")
            return
        real = os.path.realpath(path)
        key = found.st_dev, found.st_ino
        if stat.S_ISDIR(found.st_mode):
            if (os.path.realpath(os.path.dirname(path)) + os.sep).startswith(real + os.sep):
                self._found("link-loop", path, f"leads to {target}, a folder that it lies in")
                return
            if key in self._entered:
                self._twice(path, self._entered[key])
                return
            self._outside(path, real, target)
            self._enter(path, root)
        elif stat.S_ISREG(found.st_mode):
            self.walk.files[root].append(path)
            if self._outside(path, real, target):
                first = self._files.setdefault(key, path)
                if first != path:
                    self._twice(path, first)
            else:
                self._twice(path, real)
        else:
            self._special(path, found.st_mode)

    def _outside(self, path: str, real: str, target: str) -> bool:
        inside = any(real == r or real.startswith(os.path.join(r, "")) for r in self._roots)
        if not inside:
            self._found("link-outside", path, f"leads to {target}")
        return not inside

    def _twice(self, path: str, first: str) -> None:
        self._found("linked-twice", path, f"is {printable(first)}", others=(first,))

    def _special(self, path: str, mode: int) -> None:
        words = special(mode) or "of an unknown kind"
        self._found("special-file", path, f"is {words}; it was not opened")

    def _refused(self, folder: str, error: OSError) -> None:
        if isinstance(error, PermissionError):
            self._found("no-permission", folder, "is a folder that this user may not list")
        elif isinstance(error, FileNotFoundError):
            self._found("vanished", folder, "is a folder that vanished before it was listed")
        else:
            self._found("unreadable", folder, f"is a folder that can't be listed: {error.strerror}")

    def _found(self, rule: str, path: str, message: str, others: tuple[str, ...] = ()) -> None:
        self.walk.findings.append(Finding(rule, path, message, others=others))


def _absent(path: str) -> str:
    """A path that is not there, with what may have been meant."""
    import difflib  # here, since it is slow to import and seldom needed

    folder, name = os.path.split(path)
    while folder and not os.path.isdir(folder):
        folder, name = os.path.split(folder)
    try:
        near = difflib.get_close_matches(name, os.listdir(folder or "."), n=3, cutoff=0.5)
    except OSError:
        near = []
    where = f"in {printable(folder)}" if folder else "here"
    hint = f"; {where} is {', '.join(map(printable, near))}" if near else ""
    return f"there is no {printable(path)}, seen from {printable(os.getcwd())}{hint}"
