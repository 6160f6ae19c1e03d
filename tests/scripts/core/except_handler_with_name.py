"""A point inside `except E as name`: name, exc_info and the traceback's existence, then name is gone."""

import sys


def fail(n):
    if n == 0:
        raise ValueError("bottom", n)
    fail(n - 1)


for depth in range(4):
    try:
        fail(depth)
    except (KeyError, ValueError) as error:
        print("caught", error.args)
        for turn in range(2):
            kind, value, tb = sys.exc_info()
            print(turn, kind.__name__, value is error, tb is not None)
            depth += turn
        error.seen = depth
        print(error.seen, error.__traceback__ is not None)
    print("error" in globals(), sys.exc_info())
