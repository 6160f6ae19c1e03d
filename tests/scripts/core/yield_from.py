"""yield from a list, a generator, a generator with a return value, a user's iterator, three levels deep."""


class Countdown:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration("landed")
        self.n -= 1
        return self.n


def leaf(name, n):
    total = 0
    for k in range(n):
        got = yield name, k
        total += k if got is None else got
        print("leaf", name, k, got, total)
    return total


def branch(n):
    yield from ["list", n]
    one = yield from leaf(f"one{n}", n)
    print("one is", one)
    two = (yield from leaf(f"two{n}", 2)) + (yield from leaf(f"three{n}", 1))
    print("two is", two)
    landed = yield from Countdown(2)
    print(landed)
    try:
        yield from (k * k for k in range(3))
    finally:
        print("finally")
    return one + two


def root():
    total = 0
    for n in range(1, 3):
        total += yield from branch(n)
        print("total", total)
    return total


for item in root():
    print("got", item)

generator = root()
item = next(generator)
while True:
    try:
        print("sent", item)
        item = generator.send(100) if isinstance(item, tuple) else next(generator)
    except StopIteration as stop:
        print("value", stop.value)
        break
