"""Threads and executors that are over or joined at each statement of the main thread's."""

import concurrent.futures
import threading

results = []


def work(n):
    results.append(n * n)


for n in range(4):
    thread = threading.Thread(target=work, args=(n,), name=f"worker{n}")
    thread.start()
    thread.join()
    print(n, results, thread.is_alive(), thread.name)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        values = list(pool.map(lambda k: k + n, range(3)))
    print(values, threading.active_count())
del thread, pool
