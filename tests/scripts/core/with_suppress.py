"""A manager that swallows the exception: the statement after the with block comes next."""

from contextlib import suppress


class Swallow:
    def __init__(self):
        self.swallowed = []

    def __enter__(self):
        return self

    def __exit__(self, kind, value, tb):
        if kind is not None and issubclass(kind, ValueError):
            self.swallowed.append(str(value))
            print("swallowed", value)
            return True
        print("not mine", kind)
        return None


keeper = Swallow()


def body(n):
    with keeper:
        print("body", n)
        for k in range(4):
            print("k", k)
            if k == n:
                raise ValueError(f"{n}/{k}")
        return "returned"
    print("after the swallow", n)
    return "fell out"


for n in range(6):
    print(n, body(n), keeper.swallowed)
    with suppress(ZeroDivisionError, KeyError):
        print("before")
        print(12 // (n % 3))
        print("quotient printed")
    print("next")
