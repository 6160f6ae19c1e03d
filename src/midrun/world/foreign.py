"""Folders and files of other users and groups that this user may write to.

An overlay gives what is changed to its owner again. It can't, and the change fails with EOVERFLOW,
if that owner isn't in the namespace of users, which holds one user and one group. So such folders
are made beforehand, as this user's: /var/tmp, and those of a project's group. Small files in them
are copied.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

_MOST_FOLDERS = 10_000  # that are looked at below the current one: 0.2 s
_MOST_BYTES = 1 << 20  # of a file that is copied


def adopt(folder: str, upper: str) -> list[str]:
    """Make them in `upper`, the changes to `folder`, where they lead to the current folder, are in
    it, or hold temporary files. Returns the files there that are left out for their size."""
    if os.geteuid() == 0:
        return []
    large = []
    for path in _candidates():
        if path.startswith(os.path.join(folder, "")) and _is_foreign(path):
            _adopt_folder(folder, upper, path)
            large += _adopt_files(path, os.path.join(upper, os.path.relpath(path, folder)))
    return large


def imitate(folder: str, copy: str) -> None:
    """Give a copy of a file or folder its mode, owner and times; where the owner can't be the same,
    what this user may do with it."""
    found = os.stat(folder)
    mode = stat.S_IMODE(found.st_mode)
    if os.geteuid() == 0:
        os.chown(copy, found.st_uid, found.st_gid)
    else:
        rights = (os.R_OK, os.W_OK, os.X_OK)
        mode = mode & ~0o700 | sum(right << 6 for right in rights if os.access(folder, right))
    os.chmod(copy, mode)
    os.utime(copy, ns=(found.st_atime_ns, found.st_mtime_ns))


def _candidates() -> Iterator[str]:
    yield os.path.realpath(os.environ.get("TMPDIR", "/var/tmp"))
    yield "/var/tmp"
    for number, (path, _, _) in enumerate(os.walk(os.getcwd())):
        if number == _MOST_FOLDERS:
            break
        yield path


def _adopt_folder(folder: str, upper: str, path: str) -> None:
    names = os.path.relpath(path, folder).split(os.sep)
    for count in range(len(names)):
        part = os.path.join(*names[: count + 1])
        copy = os.path.join(upper, part)
        if not os.path.lexists(copy):
            os.mkdir(copy)
            imitate(os.path.join(folder, part), copy)


def _adopt_files(path: str, copy: str) -> list[str]:
    large = []
    with os.scandir(path) as entries:
        files = [entry for entry in entries if entry.is_file(follow_symlinks=False)]
    for entry in files:
        target = os.path.join(copy, entry.name)
        if os.path.lexists(target) or not _is_foreign(entry.path):
            continue
        if entry.stat().st_size > _MOST_BYTES:
            large.append(entry.path)
            continue
        with open(entry.path, "rb") as source, open(target, "wb") as file:
            file.write(source.read())
        imitate(entry.path, target)
    return large


def _is_foreign(path: str) -> bool:
    """Whether it is another's, and this user may change it."""
    if not (os.access(path, os.W_OK | os.R_OK)):
        return False
    found = os.stat(path)
    return (found.st_uid, found.st_gid) != (os.geteuid(), os.getegid())
