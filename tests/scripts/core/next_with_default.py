"""Generators that `next` advances with a default, and run out while they are under way."""


def count(n):
    for k in range(n):
        value = k * k
        yield value
    value = -1


for step in range(4):
    numbers = count(step)
    while (value := next(numbers, None)) is not None:
        print(step, value)
    print(step, next(numbers, "no more"), next(count(1)))
