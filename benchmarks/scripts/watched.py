"""Rounds of the steps of `steps.py`, with the sentinel and without by turns, in one process under
midrun: `watched.py MODEL ROUNDS`.

Prints the seconds of CPU time of each round; the first, and each second after it, is watched.
"""

import sys
import time

import steps
import torch

from midrun.run import boot
from midrun.run.steps import KEY, watch_steps


def watch() -> None:
    watch_steps(boot.current.sentinel)


def leave_alone() -> None:
    torch.autograd.backward = torch.autograd.backward.__wrapped__
    hooks = sys.modules["torch.optim.optimizer"]  # torch.optim has no such attribute
    del hooks._global_optimizer_pre_hooks[KEY], hooks._global_optimizer_post_hooks[KEY]


def main(kind: str, rounds: int) -> None:
    step, length = steps.training(kind)
    for _ in range(length):
        step()
    leave_alone()
    for number in range(rounds):
        is_watched = number % 2 == 0
        if is_watched:
            watch()
        began = time.process_time()
        for _ in range(length):
            step()
        print(time.process_time() - began)
        if is_watched:
            leave_alone()
    watch()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
