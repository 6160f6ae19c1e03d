"""Executors of threads that are idle at the savepoint: made anew with their settings, futures that are done kept."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.pool import ThreadPool


def square(k):
    return k * k


def prepare(value):
    local.value = value


local = threading.local()
pool = ThreadPoolExecutor(2, thread_name_prefix="squares", initializer=prepare, initargs=(7,))
old = ThreadPool(2)
promise = Future()
finished = []
for step in range(5):
    futures = [pool.submit(square, k) for k in range(step, step + 3)]
    print(step, [f.result() for f in futures])
    finished.append(futures[0])
    print(list(pool.map(square, range(3))), pool._max_workers, pool.submit(lambda: local.value).result())
    print(old.map(square, range(4)), [f.result() for f in finished], [f.done() for f in finished])
    print(pool.submit(lambda: threading.current_thread().name.startswith("squares")).result(), promise.done())
promise.set_result(3)
with pool:
    print(pool.submit(square, 12).result(), promise.result())
try:
    pool.submit(square, 1)
except RuntimeError as error:
    print(error)
old.close()
old.join()
del pool, old, futures, finished, promise, local
