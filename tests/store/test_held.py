"""Savepoints in memory: nothing of them is on disk until they are wanted."""

from __future__ import annotations

from midrun.store import Held


def held(run, data: bytes) -> Held:
    draft = run.draft()
    manifest = {"keys": [draft.put(data)]}
    return draft.hold(b"a pickle", manifest)


def test_one_that_is_held_is_not_on_disk(store, run):
    kept = held(run, b"data")
    assert run.savepoints() == []
    assert not list((store.folder / "blobs").rglob("*-4"))
    assert kept.copied == 4


def test_once_written_it_is_as_any_other(run):
    savepoint = held(run, b"data").write().wait()
    assert [s.number for s in run.savepoints()] == [savepoint.number] == [1]
    assert savepoint.damaged() == []
    assert bytes(savepoint.blob(savepoint.manifest["keys"][0])) == b"data"


def test_the_numbers_are_in_the_order_of_writing(run):
    first, second = held(run, b"first"), held(run, b"second")
    assert run.draft().finish(b"", {}).wait().number == 1
    assert [first.write().wait().number, second.write().wait().number] == [2, 3]


def test_what_one_shares_with_another_outlives_it(run):
    first = held(run, b"shared")
    second = held(run, b"shared")
    del first
    assert second.write().wait().damaged() == []


def test_gc_does_not_wait_for_it(store, run):
    kept = held(run, b"data")
    store.gc()
    assert kept.write().wait().damaged() == []
