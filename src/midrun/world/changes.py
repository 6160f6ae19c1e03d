"""What was changed in a world, read from the folders that hold its changes."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_OPAQUE = "user.overlay.opaque"


@dataclass(frozen=True)
class Written:
    """A file or symbolic link that was made or changed, by the path that the script knows it by."""

    path: Path
    bytes: int


@dataclass(frozen=True)
class Layer:
    """The changes to `real`, a folder. What is new is in `upper`; what is gone is marked there, as
    an overlay does (see `is_whiteout`), or in `gone`, as `mirror` does."""

    real: str
    upper: str
    gone: str = ""

    def written(self) -> Iterator[tuple[Written, str]]:
        """Each, and where it lies."""
        for folder, names, files in os.walk(self.upper):
            links = [name for name in names if os.path.islink(os.path.join(folder, name))]
            for name in sorted(links + files):
                copy = os.path.join(folder, name)
                real = os.path.join(self.real, os.path.relpath(copy, self.upper))
                found = os.lstat(copy)
                if not is_whiteout(found) and _has_changed(found, real):
                    yield Written(Path(real), found.st_size), copy

    def removed(self) -> Iterator[Path]:
        """What is there in truth, and not any more in the world. A folder that is gone stands for
        all that is in it."""
        for folder, names, files in os.walk(self.upper):
            real = os.path.join(self.real, os.path.relpath(folder, self.upper))
            real = os.path.normpath(real)
            if _is_opaque(folder):
                names.clear()
                yield from _missing(real, folder)
                continue
            for name in files:
                path = os.path.join(real, name)
                if is_whiteout(os.lstat(os.path.join(folder, name))) and os.path.lexists(path):
                    yield Path(path)
        for folder, _, files in os.walk(self.gone) if self.gone else ():
            real = os.path.join(self.real, os.path.relpath(folder, self.gone))
            for name in files:
                path = os.path.normpath(os.path.join(real, name))
                upper = os.path.join(self.upper, os.path.relpath(path, self.real))
                yield from _missing_one(path, upper)


def is_whiteout(found: os.stat_result) -> bool:
    """Whether this stands for a file that is gone: a character device 0:0 (see
    Documentation/filesystems/overlayfs.rst of the kernel)."""
    return stat.S_ISCHR(found.st_mode) and found.st_rdev == 0


def copy_to(layers: list[Layer], folder: Path) -> None:
    """Copy what was written below `folder`, under its whole path."""
    for layer in layers:
        for written, copy in layer.written():
            target = folder / written.path.relative_to(written.path.anchor)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            if stat.S_IFMT(os.lstat(copy).st_mode) in (stat.S_IFREG, stat.S_IFLNK):
                shutil.copy2(copy, target, follow_symlinks=False)


def discard(folder: Path) -> None:
    """Remove it, whatever the modes of the folders in it are."""
    for path, names, _ in os.walk(folder):
        for name in names:
            inner = os.path.join(path, name)
            if not os.path.islink(inner) and not os.access(inner, os.R_OK | os.W_OK | os.X_OK):
                os.chmod(inner, stat.S_IRWXU)
    shutil.rmtree(folder, ignore_errors=True)


def _has_changed(found: os.stat_result, real: str) -> bool:
    """Files are copied before they are opened for writing, and with their times."""
    try:
        before = os.lstat(real)
    except OSError:
        return True
    return (found.st_size, found.st_mtime_ns) != (before.st_size, before.st_mtime_ns)


def _is_opaque(folder: str) -> bool:
    try:
        return os.getxattr(folder, _OPAQUE) == b"y"
    except AttributeError:  # not on Linux
        return False
    except OSError as error:
        if error.errno in (errno.ENODATA, errno.ENOTSUP, errno.EPERM):
            return False
        raise


def _missing(real: str, upper: str) -> Iterator[Path]:
    if not os.path.isdir(real):
        return
    for name in sorted(os.listdir(real)):
        yield from _missing_one(os.path.join(real, name), os.path.join(upper, name))


def _missing_one(real: str, upper: str) -> Iterator[Path]:
    if not os.path.lexists(real):
        return
    if not os.path.lexists(upper) or is_whiteout(os.lstat(upper)):
        yield Path(real)
    elif os.path.isdir(upper) and not os.path.islink(upper) and not os.path.islink(real):
        yield from _missing(real, upper)
