"""A list of 5 million small Python objects: tuples, dicts and instances of a class of the script.

`objects.py STEPS` prints, so many times, the CPU time in seconds of `pickle.dump` of the list and
of a savepoint.
"""

import pickle
import sys
import time

import midrun


class Sample:
    def __init__(self, path: str, label: int) -> None:
        self.path = path
        self.label = label


def make(n: int) -> object:
    if n % 3 == 0:
        return Sample(f"images/{n}.png", n)
    return (n, n / 2, str(n)) if n % 3 == 1 else {"id": n, "name": str(n)}


samples = [make(n) for n in range(5_000_000)]
for _ in range(int(sys.argv[1])):
    began = time.thread_time()
    with open("samples.pkl", "wb") as file:
        pickle.dump(samples, file, 5)
    dumped = time.thread_time()
    midrun.savepoint()
    print(dumped - began, time.thread_time() - dumped, flush=True)
    time.sleep(2)  # until it is on disk
