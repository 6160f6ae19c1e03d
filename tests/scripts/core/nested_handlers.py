"""Handlers within handlers: the stack of exceptions being handled, each with its own context."""

import sys


def current():
    error = sys.exc_info()[1]
    return repr(error)


def nest(n):
    try:
        raise ValueError(f"one {n}")
    except ValueError as first:
        print("in first", current())
        try:
            raise KeyError(f"two {n}")
        except KeyError as second:
            print("in second", current(), repr(second.__context__), second.__context__ is first)
            try:
                try:
                    {}[n]
                finally:
                    print("inner finally", current())
            except KeyError:
                print("in third", current())
                for _ in range(2):
                    print("work", current())
            print("back in second", current())
        print("back in first", current())
        if n == 1:
            raise
    print("outside", current())


for n in range(3):
    try:
        nest(n)
    except ValueError as error:
        print("from nest", error, current())
    print(current())
