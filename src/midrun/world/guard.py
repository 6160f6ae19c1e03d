"""What keeps a process from writing where it may not, however it tries (Landlock, Linux 5.13).

Opening for writing, making, removing and renaming are refused; changes of modes, owners and times
are not (nor is truncating by name before Linux 6.2).
"""

from __future__ import annotations

import os

from midrun.world import syscalls
from midrun.world.overlay import Place

# From include/uapi/linux/landlock.h, with the version of Landlock that has each.
_WRITE_FILE = 1 << 1
_REMOVE_DIR, _REMOVE_FILE = 1 << 4, 1 << 5
_MAKE = sum(1 << bit for bit in range(6, 13))  # CHAR, DIR, REG, SOCK, FIFO, BLOCK, SYM
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_SINCE = {1: _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE, 2: _REFER, 3: _TRUNCATE}
_OPEN = ("/dev", "/proc")


def enter(place: Place) -> None:
    """From now on, this process and those that it starts write to its places only. Raises OSError
    where the kernel doesn't have it."""
    version = syscalls.landlock_version()
    if not version:
        raise OSError("this kernel has no Landlock")
    handled = sum(rights for since, rights in _SINCE.items() if since <= version)
    paths = [place.home, *place.open_to, *_OPEN]
    syscalls.landlock(handled, {path: handled for path in paths if os.path.isdir(path)})
