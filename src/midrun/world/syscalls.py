"""Linux's system calls that Python has no functions for: namespaces, mounts and Landlock.

Numbers and structures are those of `include/uapi/linux/{sched,mount,landlock,prctl}.h`; the numbers
of system calls that are newer than 2019 are the same on all architectures.
"""

from __future__ import annotations

import ctypes
import errno
import os

CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000

MS_RDONLY = 0x1
MS_BIND = 0x1000
MS_MOVE = 0x2000
MS_REC = 0x4000
MS_PRIVATE = 0x40000

_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_MOUNT_ATTR_RDONLY = 0x1
_PR_SET_NO_NEW_PRIVS = 38

_MOUNT_SETATTR = 442
_LANDLOCK_CREATE_RULESET, _LANDLOCK_ADD_RULE, _LANDLOCK_RESTRICT_SELF = 444, 445, 446
_LANDLOCK_CREATE_RULESET_VERSION = 1
_LANDLOCK_RULE_PATH_BENEATH = 1


class _MountAttributes(ctypes.Structure):
    _fields_ = (
        ("set", ctypes.c_uint64),
        ("clear", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("userns", ctypes.c_uint64),
    )


class _Ruleset(ctypes.Structure):
    _fields_ = (("handled_access_fs", ctypes.c_uint64),)


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def unshare(flags: int) -> None:
    """Go on in namespaces of one's own. Raises OSError."""
    if _libc().unshare(flags):
        raise _error("unshare")


def mount(source: str, target: str, *, kind: str = "", flags: int = 0, options: str = "") -> None:
    """mount(2). Raises OSError, with `target` in it."""
    result = _libc().mount(
        os.fsencode(source),
        os.fsencode(target),
        os.fsencode(kind),
        ctypes.c_ulong(flags),
        os.fsencode(options),
    )
    if result:
        raise _error(target)


def set_readonly(path: str, readonly: bool, *, recursive: bool = False) -> None:
    """Whether a mount can be written to (Linux 5.12). Raises OSError, with `path` in it."""
    attributes = _MountAttributes()
    setattr(attributes, "set" if readonly else "clear", _MOUNT_ATTR_RDONLY)
    result = _libc().syscall(
        ctypes.c_long(_MOUNT_SETATTR),
        ctypes.c_int(_AT_FDCWD),
        os.fsencode(path),
        ctypes.c_uint(_AT_RECURSIVE if recursive else 0),
        ctypes.byref(attributes),
        ctypes.c_size_t(ctypes.sizeof(attributes)),
    )
    if result:
        raise _error(path)


def landlock_version() -> int:
    """Which version of Landlock the kernel has; 0 if it has none, or it is off."""
    number = ctypes.c_long(_LANDLOCK_CREATE_RULESET)
    flags = ctypes.c_uint(_LANDLOCK_CREATE_RULESET_VERSION)
    return max(0, int(_libc().syscall(number, None, ctypes.c_size_t(0), flags)))


def landlock(handled: int, beneath: dict[str, int]) -> None:
    """Refuse this process and all that it starts the kinds of access `handled`, but for those that
    are allowed `beneath` a path. For good. Raises OSError."""
    ruleset = _Ruleset(handled)
    size = ctypes.c_size_t(ctypes.sizeof(ruleset))
    number = ctypes.c_long(_LANDLOCK_CREATE_RULESET)
    descriptor = _libc().syscall(number, ctypes.byref(ruleset), size, ctypes.c_uint(0))
    if descriptor < 0:
        raise _error("landlock_create_ruleset")
    try:
        for path, allowed in beneath.items():
            _allow(descriptor, path, handled & allowed)
        if _libc().prctl(_PR_SET_NO_NEW_PRIVS, *map(ctypes.c_ulong, (1, 0, 0, 0))):
            raise _error("PR_SET_NO_NEW_PRIVS")
        number = ctypes.c_long(_LANDLOCK_RESTRICT_SELF)
        if _libc().syscall(number, ctypes.c_int(descriptor), ctypes.c_uint(0)):
            raise _error("landlock_restrict_self")
    finally:
        os.close(descriptor)


def _allow(ruleset: int, path: str, allowed: int) -> None:
    parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = _PathBeneath(allowed, parent)
        result = _libc().syscall(
            ctypes.c_long(_LANDLOCK_ADD_RULE),
            ctypes.c_int(ruleset),
            ctypes.c_int(_LANDLOCK_RULE_PATH_BENEATH),
            ctypes.byref(rule),
            ctypes.c_uint(0),
        )
        if result:
            raise _error(path)
    finally:
        os.close(parent)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _error(about: str) -> OSError:
    code = ctypes.get_errno() or errno.EIO
    return OSError(code, os.strerror(code), about)
