"""Hashes of large memory."""

from __future__ import annotations

import threading

import pytest

from midrun.store import blobs


@pytest.fixture
def data() -> memoryview:
    """More than two threads' share, and a piece that is a short one."""
    return memoryview(bytearray(range(256)) * (600 << 10))[: (2 * 64 << 20) + 1234]


def test_several_threads_find_the_hashes_that_one_finds(data, monkeypatch):
    monkeypatch.setattr(blobs, "processors", lambda: 4)
    by_four = blobs.digests_of(data)
    monkeypatch.setattr(blobs, "processors", lambda: 1)
    assert by_four == blobs.digests_of(data)
    assert len(by_four) == 257


def test_where_no_thread_can_be_started_the_hashes_are_found_all_the_same(data, monkeypatch):
    monkeypatch.setattr(blobs, "processors", lambda: 4)
    by_four = blobs.digests_of(data)

    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert blobs.digests_of(data) == by_four


def test_the_threads_that_a_program_makes_are_numbered_as_without_midrun(data, monkeypatch):
    monkeypatch.setattr(blobs, "processors", lambda: 4)
    before = int(threading.Thread().name.rpartition("-")[2])
    blobs.digests_of(data)
    assert int(threading.Thread().name.rpartition("-")[2]) == before + 1
