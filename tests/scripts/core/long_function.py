"""A very long function body: many statements of the same text, which only their place tells apart."""


def work(x):
    total = 0
    total += x
    print("step", total)
    total += x
    print("step", total)
    total += x
    print("step", total)
    total *= 2
    print("step", total)
    total += x
    print("step", total)
    total += x
    print("step", total)
    total += x
    print("step", total)
    total *= 2
    print("step", total)
    total += x
    print("step", total)
    total += x
    print("step", total)
    total += x
    print("step", total)
    total *= 2
    print("step", total)
    for x in range(3):
        total += x
        print("step", total)
        total += x
        print("step", total)
        total += x
        print("step", total)
    for x in range(3):
        total += x
        print("step", total)
        total += x
        print("step", total)
        total += x
        print("step", total)
    if total % 2:
        total += x
        print("step", total)
        total += x
        print("step", total)
    else:
        total += x
        print("step", total)
        total += x
        print("step", total)
    return total


for start in range(3):
    print("result", work(start))
