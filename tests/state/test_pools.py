from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.pool import ThreadPool

import pytest
from roundtrip import Blobs, again, dump

from midrun.state.session import NotNow


def test_an_idle_executor_comes_back_with_its_settings():
    seen: list[int] = []
    with ThreadPoolExecutor(3, "mine", seen.append, (1,)) as pool:
        done = pool.submit(pow, 2, 5)
        done.result()
        other, same, future = again([pool, pool, done])
        assert other is same
        assert other is not pool
        assert (other._max_workers, other._thread_name_prefix) == (3, "mine")
        assert future.result() == 32
        assert other.submit(pow, 3, 2).result() == 9
        other.shutdown()


def test_one_that_was_shut_down_takes_no_more_work():
    pool = ThreadPoolExecutor(1)
    pool.shutdown()
    with pytest.raises(RuntimeError, match="after shutdown"):
        again(pool).submit(print)


def test_a_busy_executor_puts_the_savepoint_off():
    release = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(release.wait)
        try:
            with pytest.raises(NotNow, match="work under way"):
                dump(pool, Blobs())
        finally:
            release.set()


def test_a_pool_of_threads_comes_back_and_a_busy_one_does_not():
    release = threading.Event()
    with ThreadPool(2) as pool:
        assert pool.map(abs, [-1]) == [1]
        other = again(pool)
        assert other.map(abs, [-2, 3]) == [2, 3]
        other.terminate()
        result = pool.apply_async(release.wait)
        try:
            with pytest.raises(NotNow, match="work under way"):
                dump(pool, Blobs())
        finally:
            release.set()
        result.get()


def test_a_promise_of_ones_own_is_a_plain_object():
    waiting: Future[int] = Future()
    other = again(waiting)
    other.set_result(4)
    assert other.result() == 4
    assert not waiting.done()
