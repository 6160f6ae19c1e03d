"""Executors and pools of processes that are idle at the savepoint are made anew, with their settings."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

context = multiprocessing.get_context("fork")


def square(k):
    return k * k


pool = ProcessPoolExecutor(1, mp_context=context)
other = context.Pool(1)
for step in range(3):
    print(step, pool.submit(square, step).result())
    print(other.map(square, range(3)))
    print(other.apply_async(square, (step,)).get())
pool.shutdown()
other.close()
other.join()
print("over")
del pool, other, context
