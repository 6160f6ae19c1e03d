"""What is read from /proc/self/mountinfo."""

from __future__ import annotations

from midrun.world.mounts import beneath, mount_of, parse, uncovered

LAPTOP = rb"""22 28 0:21 / /proc rw,nosuid shared:12 - proc proc rw
24 28 0:6 / /dev rw,nosuid shared:2 - devtmpfs udev rw,size=8G
25 24 0:24 / /dev/shm rw,nosuid shared:4 - tmpfs tmpfs rw
28 1 259:2 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw
30 28 259:3 / /home rw,relatime shared:7 master:3 - ext4 /dev/nvme0n1p3 rw
31 30 0:50 / /home/me/my\040data rw - fuse.sshfs host:/data rw
32 28 7:1 / /snap/core/1 ro,nodev shared:9 - squashfs /dev/loop1 ro
33 30 0:51 / /home rw - overlay over rw
"""


def test_a_line_is_taken_apart():
    data = parse(LAPTOP)[5]
    assert (data.number, data.parent) == (31, 30)
    assert (data.path, data.kind, data.readonly) == ("/home/me/my data", "fuse.sshfs", False)
    assert [mount.path for mount in parse(LAPTOP) if mount.readonly] == ["/snap/core/1"]


def test_what_is_the_kernel_s_own_is_known():
    kernel = [mount.path for mount in parse(LAPTOP) if mount.is_of_kernel]
    assert kernel == ["/proc", "/dev"]
    assert [mount.path for mount in parse(LAPTOP) if mount.is_shared_memory] == ["/dev/shm"]


def test_a_covered_mount_gives_its_place_to_the_one_around_it():
    found = list(uncovered(parse(LAPTOP), lambda mount: mount.number not in (30, 31)))
    assert {mount.number: mount.parent for mount in found} == {
        22: 28, 24: 28, 25: 24, 28: 1, 32: 28, 33: 28,
    }  # fmt: skip


def test_only_mounts_of_its_own_are_beneath_a_folder():
    mounts = parse(LAPTOP)
    root, home = mounts[3], mounts[4]
    assert [mount.path for mount in beneath(mounts, root, "/snap")] == ["/snap/core/1"]
    assert [mount.path for mount in beneath(mounts, home, "/home/me")] == ["/home/me/my data"]
    assert list(beneath(mounts, root, "/home/me")) == []


def test_a_path_is_on_the_innermost_mount():
    assert mount_of(parse(LAPTOP), "/home/me/my data/a").number == 31
    assert mount_of(parse(LAPTOP), "/homestead").number == 28
