"""The file systems that this process sees, and where they are mounted."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

# What the kernel shows of itself and of devices; nothing in them is kept on a disk.
_KERNEL = frozenset({
    "autofs", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "debugfs", "devpts",
    "devtmpfs", "efivarfs", "fusectl", "hugetlbfs", "mqueue", "nsfs", "proc", "pstore",
    "rpc_pipefs", "securityfs", "selinuxfs", "sysfs", "tracefs",
})  # fmt: skip
_KERNEL_FOLDERS = ("/proc/", "/sys/", "/dev/")
_SHARED_MEMORY = "/dev/shm"
_ESCAPED = re.compile(rb"\\([0-7]{3})")


@dataclass(frozen=True)
class Mount:
    """A line of /proc/self/mountinfo. `parent` is the number of the mount that it is in."""

    number: int
    parent: int
    path: str
    kind: str
    readonly: bool

    @property
    def is_of_kernel(self) -> bool:
        """Whether it holds no files of anybody's. Containers have /dev in memory, with nodes that
        are devices only there."""
        if self.path == _SHARED_MEMORY:
            return False
        return self.kind in _KERNEL or os.path.join(self.path, "").startswith(_KERNEL_FOLDERS)

    @property
    def is_shared_memory(self) -> bool:
        return self.path == _SHARED_MEMORY


def parse(text: bytes) -> list[Mount]:
    """The mounts in a text like /proc/self/mountinfo (see proc_pid_mountinfo(5))."""
    return [_parse(line) for line in text.splitlines()]


def _parse(line: bytes) -> Mount:
    fields = line.split(b" ")
    path = _ESCAPED.sub(lambda found: bytes([int(found[1], 8)]), fields[4])
    kind = fields[fields.index(b"-", 6) + 1].decode()
    readonly = b"ro" in fields[5].split(b",")
    return Mount(int(fields[0]), int(fields[1]), os.fsdecode(path), kind, readonly)


def visible() -> list[Mount]:
    """The mounts of this process that no other covers, outer ones first. One whose place this user
    can't reach is among them."""
    found = parse(Path("/proc/self/mountinfo").read_bytes())
    return sorted(uncovered(found, _is_on_top), key=lambda mount: mount.path)


def uncovered(found: list[Mount], is_on_top: Callable[[Mount], bool]) -> Iterator[Mount]:
    """Those of them that are on top, as if none of the others were there."""
    covered = {mount.number: mount.parent for mount in found if not is_on_top(mount)}
    for mount in found:
        if mount.number not in covered:
            parent = mount.parent
            while parent in covered:
                parent = covered[parent]
            yield replace(mount, parent=parent)


def _is_on_top(mount: Mount) -> bool:
    try:
        descriptor = os.open(mount.path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return True
    try:
        lines = Path(f"/proc/self/fdinfo/{descriptor}").read_bytes().splitlines()
    finally:
        os.close(descriptor)
    return b"mnt_id:\t%d" % mount.number in lines


def beneath(mounts: Iterable[Mount], outer: Mount, folder: str) -> Iterator[Mount]:
    """Those of `mounts` that are mounted on folders of `outer` below `folder`."""
    head = os.path.join(folder, "")
    return (
        mount
        for mount in mounts
        if mount.parent == outer.number and mount.path != folder and mount.path.startswith(head)
    )


def mount_of(mounts: Iterable[Mount], path: str) -> Mount:
    """The mount that `path`, which is absolute and real, is on."""
    outer = [mount for mount in mounts if path == mount.path or _is_below(path, mount.path)]
    return max(outer, key=lambda mount: len(mount.path))


def _is_below(path: str, folder: str) -> bool:
    return path.startswith(os.path.join(folder, ""))
