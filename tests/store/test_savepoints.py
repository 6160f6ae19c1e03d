"""What is put into a savepoint comes out of it, and costs its bytes once."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from midrun.store import Run, Savepoint, Store, StoreError


def files(store: Store) -> list[Path]:
    return [path for path in (store.folder / "blobs").rglob("*") if path.is_file()]


def test_round_trip(store, save):
    made = save(b"alpha", b"beta" * 1000, state=b"a pickle", name="warm")
    found = store.savepoint(made.spec)
    found.check()
    assert found.state() == b"a pickle"
    assert [bytes(found.blob(key)) for key in found.manifest["keys"]] == [b"alpha", b"beta" * 1000]
    assert found.name == "warm"


def test_the_manifest_accounts_for_all_bytes(save):
    manifest = save(b"x" * 100, b"y" * 10, state=b"z" * 5).manifest
    assert sorted(manifest["blobs"].values()) == [10, 100]
    assert (manifest["state_bytes"], manifest["bytes_total"], manifest["bytes_new"]) == (
        5,
        115,
        115,
    )


def test_a_blob_larger_than_a_slab_of_memory(save):
    data = bytes(range(256)) * (70 * 4096)  # 70 MiB
    savepoint = save(data)
    assert savepoint.blob(savepoint.manifest["keys"][0]) == data


@pytest.mark.parametrize("format_", ["B", "b", "f", "d", "q"])
def test_memory_of_any_format(run, format_):
    memory = memoryview(bytearray(range(64))).cast(format_)
    draft = run.draft()
    key = draft.put(memory)
    assert bytes(draft.finish(b"", {}).wait().blob(key)) == bytes(range(64))


def test_memory_of_two_dimensions(run):
    memory = memoryview(bytearray(range(64))).cast("B", (8, 8))
    draft = run.draft()
    key = draft.put(memory)
    assert bytes(draft.finish(b"", {}).wait().blob(key)) == bytes(range(64))


def test_an_empty_blob_is_an_empty_writable_view(save):
    savepoint = save(b"")
    view = savepoint.blob(savepoint.manifest["keys"][0])
    savepoint.check()
    assert (view.nbytes, view.readonly) == (0, False)


def test_writing_to_a_loaded_blob_leaves_the_file_alone(save):
    savepoint = save(b"original")
    (key,) = savepoint.manifest["keys"]
    savepoint.blob(key)[:] = b"changed!"
    assert bytes(savepoint.blob(key)) == b"original"


def test_data_may_change_once_it_was_put(run):
    memory = bytearray(b"before")
    draft = run.draft()
    key = draft.put(memory)
    memory[:] = b"after!"
    assert bytes(draft.finish(b"", {}).wait().blob(key)) == b"before"


def test_an_unchanged_blob_is_written_once(store, save):
    save(b"backbone" * 100)
    (path,) = files(store)
    before = path.stat().st_mtime_ns, path.stat().st_ino
    save(b"backbone" * 100)
    assert [path] == files(store)
    assert before == (path.stat().st_mtime_ns, path.stat().st_ino)


def test_bytes_new_counts_only_what_changed(save):
    save(b"backbone" * 1000, b"head 1", state=b"123")
    second = save(b"backbone" * 1000, b"head 2", state=b"123")
    assert second.bytes_new == len(b"head 2") + 3
    assert second.bytes_total == 8000 + len(b"head 2") + 3


def test_put_copies_only_what_changed(run, save):
    save(b"backbone" * 1000)
    draft = run.draft()
    draft.put(b"backbone" * 1000)
    draft.put(b"head")
    assert (draft.copied, draft.total) == (4, 8004)
    draft.abandon()


def test_a_blob_that_another_draft_is_writing_is_not_copied_again(run):
    first, second = run.draft(), run.draft()
    key = first.put(b"shared" * 100)
    second.put(b"shared" * 100)
    assert second.copied == 0
    first.abandon()
    assert bytes(second.finish(b"", {}).wait().blob(key)) == b"shared" * 100


def test_a_truncated_blob_is_written_anew_by_the_next_savepoint(store, save):
    save(b"backbone")
    files(store)[0].write_bytes(b"back")
    assert save(b"backbone").damaged() == []


def test_an_abandoned_draft_leaves_nothing(store, run):
    draft = run.draft()
    draft.put(b"data")
    draft.abandon()
    assert files(store) == []
    assert list((run.folder / "savepoints").iterdir()) == []


def test_a_manifest_that_is_not_json_is_refused_at_once(run):
    draft = run.draft()
    with pytest.raises(TypeError):
        draft.finish(b"", {"name": object()})
    run.close()
    assert run.savepoints() == []


def test_a_draft_is_finished_once(run):
    draft = run.draft()
    pending = draft.finish(b"", {})
    with pytest.raises(RuntimeError):
        draft.finish(b"", {})
    assert pending.wait().damaged() == []


def test_a_savepoint_is_seen_only_when_it_is_whole(run):
    draft = run.draft()
    draft.put(b"data")
    assert run.savepoints() == []
    draft.finish(b"", {}).wait()
    assert [s.number for s in run.savepoints()] == [1]


def test_on_done_gets_the_savepoint_in_another_thread(run):
    got: list[object] = []
    pending = run.draft().finish(
        b"", {}, on_done=lambda *result: got.extend([*result, threading.get_ident()])
    )
    savepoint = pending.wait()
    assert got[:2] == [savepoint, None]
    assert got[2] != threading.get_ident()


def test_what_on_done_raises_wait_raises(run):
    def on_done(savepoint: Savepoint | None, error: Exception | None) -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        run.draft().finish(b"", {}, on_done=on_done).wait()
    assert run.draft().finish(b"", {}).wait().number == 2


def test_wait_gives_up_after_its_timeout(run):
    gone = threading.Event()
    pending = run.draft().finish(b"", {}, on_done=lambda *_: gone.wait(10) and None)
    with pytest.raises(TimeoutError):
        pending.wait(0.05)
    gone.set()
    pending.wait()


def test_no_thread_is_left_when_all_is_written(run, save):
    tasks = Path("/proc/self/task")
    before = {path.name for path in tasks.iterdir()}
    save(b"data" * 1000)
    run.close()
    assert {path.name for path in tasks.iterdir()} <= before


def test_only_the_owner_of_a_run_saves(store: Store, run: Run):
    with pytest.raises(StoreError) as caught:
        store.run(run.id).draft()
    assert caught.value.slug == "not-this-run"
