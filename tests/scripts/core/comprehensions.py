"""Nested comprehensions with conditions, calls and closures: a point inside one must be deferred."""


def noisy(x):
    print("noisy", x)
    return x


def inside(n):
    grid = [[noisy(r * 10 + c) for c in range(n) if c != r] for r in range(2)]
    keep = {noisy(k): [n] * k for k in range(n) if noisy(k) % 2}
    unique = {noisy(abs(k)) for k in range(-n, n)}
    lazy = (noisy(k) + n for k in range(n))
    n += 100
    print(grid, keep, sorted(unique))
    for value in lazy:
        print("lazy", value)
    functions = [lambda: (k, n) for k in range(3)]
    return [f() for f in functions]


for n in range(1, 4):
    print(inside(n))
    n = [n for n in range(n)]
    print(n)
    print(sorted([3, 1, 2], key=noisy), max("abc", key=lambda c: noisy(c)), any(noisy(v) for v in (0, 0, 5, 1)))
