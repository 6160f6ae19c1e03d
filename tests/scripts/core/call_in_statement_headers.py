"""Calls in the headers of if, while, for, with, assert, return, raise, del: the header is under way."""

from contextlib import contextmanager

calls = 0


def work(value):
    global calls
    for _ in range(2):
        calls += 1
        print("work", calls, value)
    return value


@contextmanager
def manage(value):
    print("in", value)
    yield work(value)
    print("out", value)


def returns(n):
    return work(n) + work(n * 2)


def raises(n):
    raise ValueError(work(n)) from KeyError(work("cause"))


n = 0
while work(n) < 3:
    n += 1
    for k in work([n, n + 1]):
        if work(k) % 2:
            print("odd", k)
        elif work(k) > 2:
            print("big", k)
    with manage(work(n)) as got, manage(work(got + 1)) as more:
        print(got, more)
    assert work(n), work("message")
    print(returns(n))
    try:
        raises(n)
    except ValueError as error:
        print(error, error.__cause__)
    table = {1: 1, 2: 2}
    del table[work(1)], table[work(2)]
    print(table)
try:
    assert work(0), work("assertion")
except AssertionError as error:
    print(error, calls)
