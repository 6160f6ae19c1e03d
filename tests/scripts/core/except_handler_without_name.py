"""A point inside a nameless handler: sys.exc_info and bare raise need the exception that has no name."""

import sys


def risky(n):
    try:
        print("try", n)
        [][n]
    except IndexError:
        for turn in range(3):
            print("handler", turn, sys.exc_info()[0].__name__, sys.exc_info()[1].args)
        if n % 2:
            print("raise again")
            raise
        print("swallow")
    else:
        print("never")
    finally:
        print("finally", sys.exc_info()[0].__name__ if n % 2 else sys.exc_info()[0])
    print("after", sys.exc_info())
    return n


for n in range(4):
    try:
        print(risky(n))
    except IndexError as error:
        print("outside", error, error.__context__)
    print(sys.exc_info())
