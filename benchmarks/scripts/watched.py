"""Rounds of the steps of `steps.py`, with the sentinel and without by turns, in one process under
`midrun run --no-sentinel`: `watched.py MODEL ROUNDS`.

Prints the seconds of CPU time of each round; the first, and each second after it, is watched.
"""

import sys
import time
from contextlib import nullcontext

import steps

from midrun.run import boot
from midrun.run.sentinel import Alarm, Sentinel
from midrun.run.steps import watching_steps


def main(kind: str, rounds: int) -> None:
    sentinel = Sentinel(Alarm(), boot.current.own.has_file)
    step, length = steps.training(kind)
    for _ in range(length):
        step()
    for number in range(rounds):
        with watching_steps(sentinel) if number % 2 == 0 else nullcontext():
            began = time.process_time()
            for _ in range(length):
                step()
            print(time.process_time() - began)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
