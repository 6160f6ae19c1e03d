"""Epochs of `train.py`, a quarter as long, with the log of the run and without by turns, in one
process under midrun: `logged.py EPOCHS`.

Prints the seconds of CPU time of each epoch; the first, and each second after it, is logged.
"""

import sys
from collections.abc import Callable

import train as training

from midrun.run import boot


class Visits(dict):
    """What the log has called at the heads of rounds, and is called only while `logs`."""

    logs = True

    def __setitem__(self, number: int, visit: Callable[..., int]) -> None:
        # 0: nothing is looked at, and the next round asks again.
        super().__setitem__(number, lambda *which: visit(*which) if self.logs else 0)


class Digits(training.Digits):
    def __init__(self, length: int) -> None:
        super().__init__(length // 4)


def accuracy(*args: object) -> float:
    """What an epoch ends with: the next one is of the other kind."""
    value = whole(*args)
    visits.logs = not visits.logs
    return value


boot.current.flags.visits = visits = Visits()
whole, training.accuracy, training.Digits = training.accuracy, accuracy, Digits
training.EPOCHS = int(sys.argv[1])
print("logged", *training.main())
