"""Memory for copies: kept, and fetched beforehand."""

from __future__ import annotations

import os

from midrun.store import slabs
from midrun.store.slabs import SLAB, Pool


def test_a_copy_goes_back_to_the_pool_when_it_is_dropped():
    pool = Pool()
    copy = pool.copy([memoryview(b"a" * 1000)])
    pool.rest()
    assert pool.lacks(1)
    del copy
    assert not pool.lacks(1)


def test_memory_that_was_fetched_is_there_for_the_next_copies():
    pool = Pool()
    for _ in pool.fetch(SLAB + 1):
        pass
    assert not pool.lacks(2 * SLAB)
    data = os.urandom(SLAB + 1)
    copy = pool.copy([memoryview(data)])
    assert b"".join(copy.segments) == data
    assert pool.lacks(1)


def test_fetching_does_nothing_where_there_is_enough():
    pool = Pool()
    assert len([*pool.fetch(3 << 20)]) == 2  # of 2 MB, the last one a part
    assert [*pool.fetch(3 << 20)] == []


def test_fetching_gives_up_where_there_is_no_memory(monkeypatch):
    def refuse():
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(slabs, "_allocate", refuse)
    pool = Pool()
    assert [*pool.fetch(1)] == []
    assert pool.lacks(1)
