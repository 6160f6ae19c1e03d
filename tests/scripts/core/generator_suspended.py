"""Generators suspended in for, while, try/finally and with; fresh, exhausted, and under two names."""

from contextlib import contextmanager


@contextmanager
def scope(name):
    print("enter", name)
    yield
    print("exit", name)


def in_for(n):
    for k in range(n):
        got = yield k
        print("in_for", k, got)


def in_while(n):
    while n:
        n -= 1
        yield n
        print("in_while", n)
    return "unused"


def in_try(n):
    total = 0
    try:
        for k in range(n):
            try:
                total += k
                yield total
            finally:
                print("inner finally", k)
    finally:
        print("outer finally", total)


def in_with(n):
    with scope(f"with{n}"):
        for k in range(n):
            with scope(k):
                yield k * 10


def in_handler(n):
    for k in range(n):
        try:
            raise ValueError(k)
        except ValueError as error:
            yield repr(error)
            print("still", error)


made = {f.__name__: f(4) for f in (in_for, in_while, in_try, in_with, in_handler)}
alias = made["in_for"]
fresh = in_for(2)
exhausted = in_for(0)
print(list(exhausted))
for turn in range(6):
    for name, generator in made.items():
        print(turn, name, next(generator, "over"))
    print(alias is made["in_for"], next(exhausted, "still over"), fresh.gi_frame is not None)
print(list(fresh))
