"""A full disk or a read-only folder costs the savepoint that meets it, and nothing else."""

from __future__ import annotations

import errno
import os
import resource
import shutil
from pathlib import Path

import pytest

from midrun.store import StoreError


def fail_from_nth_call(monkeypatch, name: str, n: int, number: int) -> None:
    """Make os.`name` raise OSError(`number`) from its n-th call on (counted from 1)."""
    real = getattr(os, name)
    calls = [0]

    def failing(*args, **kwargs):
        calls[0] += 1
        if calls[0] >= n:
            raise OSError(number, os.strerror(number))
        return real(*args, **kwargs)

    monkeypatch.setattr(os, name, failing)


def everything_in(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_a_disk_that_is_full_at_the_nth_write(store, run, save, monkeypatch, n):
    old = save(b"old")
    before = everything_in(store.folder)
    with monkeypatch.context() as patch:
        fail_from_nth_call(patch, "write", n, errno.ENOSPC)
        with pytest.raises(StoreError, match="No space left on device") as caught:
            save(b"new 1", b"new 2")  # two blobs, the state, the manifest
    assert caught.value.slug == "save-failed"
    assert everything_in(store.folder) == before
    assert old.damaged() == []
    assert save(b"new 1").damaged() == []


def test_a_blob_that_exceeds_the_file_size_limit(run, save):
    old = save(b"old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        with pytest.raises(StoreError) as caught:
            save(b"x" * 1_000_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert isinstance(caught.value.__cause__, OSError)
    assert [s.number for s in run.savepoints()] == [old.number]


@pytest.mark.parametrize("call", ["mkdir", "rename", "replace", "fsync"])
def test_a_folder_that_turns_read_only(run, save, monkeypatch, call):
    old = save(b"old")
    with monkeypatch.context() as patch:
        fail_from_nth_call(patch, call, 1, errno.EROFS)
        with pytest.raises(StoreError, match="Read-only file system"):
            save(b"new")
    assert [s.number for s in run.savepoints()] == [old.number]
    assert old.damaged() == []


def test_a_folder_without_write_permission(run, save):
    old = save(b"old")
    folder = run.folder / "savepoints"
    folder.chmod(0o500)
    if os.access(folder, os.W_OK):
        pytest.skip("this user can write to read-only folders")
    try:
        with pytest.raises(StoreError, match="Permission denied"):
            save(b"new")
    finally:
        folder.chmod(0o700)
    assert [s.number for s in run.savepoints()] == [old.number]


def test_a_store_that_was_deleted_under_a_run(store, run, save):
    save(b"old")
    shutil.rmtree(store.folder)
    with pytest.raises(StoreError):
        run.draft().finish(b"", {}).wait()


def test_memory_that_is_short(run, monkeypatch):
    def no_memory(*_: object, **__: object) -> None:
        raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))

    monkeypatch.setattr("midrun.store.slabs.mmap.mmap", no_memory)
    draft = run.draft()
    draft.put(b"data")
    with pytest.raises(StoreError, match="Cannot allocate memory"):
        draft.finish(b"", {}).wait()


def test_on_done_gets_the_error(run, monkeypatch):
    got: list[object] = []
    fail_from_nth_call(monkeypatch, "write", 1, errno.ENOSPC)
    pending = run.draft().finish(b"", {}, on_done=lambda *result: got.extend(result))
    with pytest.raises(StoreError) as caught:
        pending.wait()
    assert got == [None, caught.value]


def test_a_savepoint_that_shares_blobs_with_one_that_fails(run, monkeypatch):
    first, second = run.draft(), run.draft()
    first.put(b"shared")
    key = second.put(b"shared")
    with monkeypatch.context() as patch:
        fail_from_nth_call(patch, "write", 1, errno.ENOSPC)
        with pytest.raises(StoreError):
            first.finish(b"", {}).wait()
    assert bytes(second.finish(b"", {}).wait().blob(key)) == b"shared"


def test_a_blob_that_vanishes_between_put_and_finish_fails_the_savepoint(store, run, save):
    old = save(b"data")
    draft = run.draft()
    draft.put(b"data")
    store.blobs.path(old.keys[0]).unlink()
    with pytest.raises(StoreError, match="is gone"):
        draft.finish(b"", {}).wait()
