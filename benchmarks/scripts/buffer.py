"""A replay buffer of 2 GiB, of which a run of 1% is overwritten between two savepoints.

Prints, for each of STEPS savepoints after the first, the seconds that the script stands still
while the whole buffer is hashed once, and for the savepoint; the CPU time of both, of all threads;
and the bytes that had changed.
"""

import glob
import os
import sys
import time

import numpy as np
import xxhash

import midrun

STEPS = int(sys.argv[1])
BYTES = 2 << 30
BLOCK = 1 << 20

rng = np.random.default_rng(0)
buffer = np.empty(BYTES // 4, np.float32)
for start in range(0, buffer.size, BLOCK):
    buffer[start : start + BLOCK] = rng.random(BLOCK, np.float32)


def save(count: int) -> None:
    midrun.savepoint()
    savepoints = os.path.join(os.environ["MIDRUN_STORE"], "runs", "*", "savepoints", "*")
    while sum(not path.endswith(".draft") for path in glob.glob(savepoints)) < count:
        time.sleep(0.05)


def now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


save(1)
position, share = 0, buffer.size // 100
for _ in range(STEPS):
    buffer[position : position + share] += 1
    position += share
    began = now()
    xxhash.xxh3_128_digest(buffer)
    hashed = now()
    midrun.savepoint()
    ended = now()
    wall, cpu = zip(began, hashed, ended, strict=True)
    print(wall[1] - wall[0], wall[2] - wall[1], end=" ")
    print(cpu[1] - cpu[0], cpu[2] - cpu[1], share * buffer.itemsize, flush=True)
    time.sleep(1)  # until it is on disk
