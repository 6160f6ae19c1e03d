"""A byte order mark at the start, a shebang-like comment and a __future__ import after the docstring."""
from __future__ import annotations

x: not_evaluated = 0


def work(n: Missing) -> AlsoMissing:
    global x
    for k in range(n):
        x += k
        print("work", k, x)
    return work.__annotations__["n"]


for n in range(4):
    print(n, work(n), x, __annotations__)
