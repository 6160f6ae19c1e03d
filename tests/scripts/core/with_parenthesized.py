"""Parenthesised with, targets that are attributes, subscripts and tuples, calls in the header."""


class Ctx:
    def __init__(self, value):
        self.value = value

    def __enter__(self):
        print("enter", self.value)
        return (self.value, self.value + 1)

    def __exit__(self, *exc):
        print("exit", self.value, exc[0])


class Box:
    pass


def make(n):
    print("make", n)
    return Ctx(n)


box = Box()
table = {}
for n in range(3):
    with (
        make(n) as box.pair,
        make(n + 10) as table[n],
        make(n + 20) as (left, right),
    ):
        print(box.pair, table, left, right)
        for k in range(2):
            print("body", n, k)
    print("done", n)
