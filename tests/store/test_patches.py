"""Large memory of which little changes between two savepoints."""

from __future__ import annotations

import mmap
import random

import pytest

from midrun.store import Run, Savepoint, StoreError
from midrun.store.blobs import LARGE, PIECE
from midrun.store.patches import is_reference, runs_of

SIZE = LARGE + PIECE // 2  # the last piece is a short one


@pytest.fixture
def memory():
    memory = mmap.mmap(-1, SIZE)
    memory[:] = random.Random(1).randbytes(SIZE)
    yield memory
    memory.close()


def save(run: Run, memory: mmap.mmap) -> tuple[Savepoint, str]:
    draft = run.draft()
    with memoryview(memory) as view:
        key = draft.put(view)
    return draft.finish(b"", {}).wait(20), key


def change(memory: mmap.mmap, *places: int) -> bytes:
    for place in places:
        memory[place] ^= 0xFF
    return bytes(memory)


def test_only_the_pieces_that_changed_are_written(run, memory):
    first, _ = save(run, memory)
    now = change(memory, 0, 10 * PIECE, 10 * PIECE + 5, 11 * PIECE, SIZE - 1)
    second, key = save(run, memory)
    assert first.bytes_new >= SIZE
    assert 3.5 * PIECE <= second.bytes_new < 3.6 * PIECE
    assert is_reference(key)
    assert bytes(second.blob(key)) == now


def test_each_savepoint_stays_what_it_was(run, memory):
    kept = [(*save(run, memory), bytes(memory))]
    for turn in range(4):
        now = change(memory, turn * PIECE, 20 * PIECE, SIZE - 1)
        kept.append((*save(run, memory), now))
    for savepoint, key, bytes_then in kept:
        assert bytes(savepoint.blob(key)) == bytes_then
        assert savepoint.damaged() == []


def test_what_has_not_changed_is_not_written(run, memory):
    save(run, memory)
    change(memory, 3 * PIECE)
    _, key = save(run, memory)
    again, same = save(run, memory)
    assert same == key
    assert again.bytes_new == 0


def test_memory_that_changed_for_the_most_part_is_written_whole(run, memory):
    save(run, memory)
    memory[:] = random.Random(2).randbytes(SIZE)
    second, key = save(run, memory)
    assert not is_reference(key)
    assert bytes(second.blob(key)) == bytes(memory)


def test_a_draft_that_is_abandoned_changes_nothing(run, memory):
    save(run, memory)
    change(memory, 5 * PIECE)
    draft = run.draft()
    with memoryview(memory) as view:
        draft.put(view)
    draft.abandon()
    second, key = save(run, memory)
    assert PIECE <= second.bytes_new < 1.1 * PIECE
    assert bytes(second.blob(key)) == bytes(memory)


def test_a_blob_that_has_gone_is_written_again(run, memory):
    first, base = save(run, memory)
    run.store.blobs.path(base).unlink()
    now = change(memory, 5 * PIECE)
    second, key = save(run, memory)
    assert bytes(second.blob(key)) == now
    assert first.number != second.number


def test_a_recipe_that_makes_nothing_is_told(run):
    draft = run.draft()
    key = draft.put(b'{"base": "0"}')
    savepoint = draft.finish(b"", {}).wait(20)
    with pytest.raises(StoreError, match="no blob '0'"):
        savepoint.blob("~" + key)


def test_ranges():
    assert runs_of([0, 1, 2, 5, 7, 8]) == [(0, 3), (5, 6), (7, 9)]
    assert runs_of([]) == []
