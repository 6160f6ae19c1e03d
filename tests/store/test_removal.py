"""rm, thin and gc take what they should, and never what somebody needs."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from itertools import pairwise
from pathlib import Path

import pytest

from midrun.store import Store, StoreError, thin


def blob_count(store: Store) -> int:
    return len(list(store.blobs))


def test_a_live_run_is_not_removed(store, run):
    with pytest.raises(StoreError) as caught:
        store.remove(run.id)
    assert caught.value.slug == "run-alive"
    assert store.run(run.id).alive


def test_a_run_that_has_ended_is_removed(store, run, save):
    save()
    run.close()
    assert store.remove(run.id) == [f"run {run.id} with 1 savepoint"]
    assert list((store.folder / "runs").iterdir()) == []


def test_a_savepoint_is_removed_and_its_number_not_used_again(store, run, save):
    gone = save(b"data")
    assert store.remove(gone.spec) == [f"savepoint {gone.spec}"]
    assert save().number == 2


def test_a_savepoint_that_is_being_loaded_is_not_removed(store, run, save):
    spec = save(b"data").spec
    loading = store.savepoint(spec)
    loading.check()
    with pytest.raises(StoreError) as caught:
        store.remove(spec)
    assert caught.value.slug == "savepoint-busy"
    del loading
    store.remove(spec)


def test_gc_frees_the_blobs_of_removed_savepoints_only(store, save):
    gone = save(b"only here", b"shared")
    kept = save(b"shared")
    store.remove(gone.spec)
    assert store.gc() == (1, len(b"only here"))
    assert kept.damaged() == []


def test_gc_frees_the_drafts_of_dead_runs(store, run, save):
    draft = run.folder / "savepoints" / "7.draft"
    draft.mkdir()
    (draft / "blob").write_bytes(b"12345")
    assert store.gc() == (0, 0)
    run.close()
    assert store.gc() == (1, 5)
    assert not draft.exists()


def test_gc_finishes_a_removal_that_was_killed(store, run, save):
    save()
    (run.folder / "savepoints" / "1").rename(run.folder / "savepoints" / ".gone-1-x")
    assert store.gc()[0] == 2
    assert list((run.folder / "savepoints").iterdir()) == []


def test_gc_leaves_a_run_in_the_making_alone(store, run):
    new = store.folder / "runs" / ".new-1"
    new.mkdir()
    store.gc()
    assert new.exists()
    os.utime(new, (0, 0))
    store.gc()
    assert not new.exists()


def test_gc_leaves_blobs_that_an_unfinished_draft_reuses(store, run, save, monkeypatch):
    old = save(b"reused")
    draft = run.draft()
    key = draft.put(b"reused")
    assert draft.copied == 0
    store.remove(old.spec)
    real, seen = store.blobs.has, []

    def gc_first(key: str) -> bool:  # the writer asks this first
        if not seen:
            seen.append(Store(store.folder).gc())
        return real(key)

    monkeypatch.setattr(store.blobs, "has", gc_first)
    assert bytes(draft.finish(b"", {}).wait(10).blob(key)) == b"reused"
    assert seen == [(0, 0)]


def test_gc_waits_for_a_draft_and_then_gives_up(store, run, save, monkeypatch):
    gone = save(b"garbage")
    store.remove(gone.spec)
    draft = run.draft()
    monkeypatch.setattr("midrun.store.sweep._PATIENCE", 0.05)
    with pytest.raises(StoreError) as caught:
        store.gc()
    assert caught.value.slug == "store-busy"
    draft.abandon()
    assert store.gc() == (1, 7)


def test_gc_while_two_processes_save_and_thin(store):
    # Few different blobs, so that they often become garbage while the other process reuses them.
    script = """
        import random, sys
        from pathlib import Path
        from midrun.store import Store, thin
        run = Store(Path(sys.argv[1])).new_run({})
        for n in range(150):
            draft = run.draft()
            for _ in range(4):
                draft.put(b"blob %d" % random.randrange(12))
            saved = draft.finish(b"state", {}).wait()
            bad = saved.damaged()
            assert not bad, bad
            thin(run, 2)
    """
    command = [sys.executable, "-c", textwrap.dedent(script), str(store.folder)]
    savers = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    freed = rounds = 0
    while any(saver.poll() is None for saver in savers):
        freed += store.gc()[0]
        rounds += 1
    for saver in savers:
        assert (saver.wait(), saver.communicate()[1]) == (0, "")
    assert freed > 10
    assert rounds > 10
    for run in store.runs():
        assert [s.damaged() for s in run.savepoints()] == [[], []]


@pytest.mark.parametrize("keep", [1, 2, 5])
def test_thin_leaves_that_many(run, save, keep):
    for _ in range(12):
        save()
    removed = thin(run, keep)
    left = [s.number for s in run.savepoints()]
    assert len(left) == keep
    assert left[-1] == 12
    assert sorted(left + removed) == list(range(1, 13))


def test_thin_leaves_what_has_a_name_and_what_is_being_loaded(store, run, save):
    for n in range(8):
        save(name="mine" if n == 3 else None)
    loading = store.savepoint(f"{run.id}:6")
    loading.check()
    thin(run, 1)
    assert [s.number for s in run.savepoints()] == [4, 6, 8]


def test_thin_over_a_long_run_leaves_log_spaced_ages(run, save):
    for _ in range(64):
        save()
        thin(run, 6)
    ages = [64 - s.number for s in run.savepoints()]
    assert len(ages) == 6
    assert ages[0] >= 32
    assert all(2 * later <= 3 * (earlier + 1) for earlier, later in pairwise(ages))


def test_thin_of_a_run_without_savepoints(run):
    assert thin(run, 3) == []


def test_the_store_is_removed_without_a_trace_of_a_draft(store: Store, tmp_path: Path):
    run = store.new_run({})
    run.draft().finish(b"", {}).wait()
    run.close()
    store.remove("last")
    store.gc()
    assert sorted(p.name for p in store.folder.rglob("*") if p.is_file()) == [".gitignore", "gate"]
