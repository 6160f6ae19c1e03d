"""Tight loops of pure Python, each timed inside the process: the worst case for the hot form.

Prints `name seconds` for each, CPU time of the best of REPEATS passes.
"""

import time
from collections.abc import Callable, Iterator

REPEATS = 7
N = 1_000_000


def for_range() -> int:
    total = 0
    for i in range(3 * N):
        total += i & 7
    return total


def nested_for() -> int:
    total = 0
    for i in range(N // 10):
        for j in range(20):
            total += i ^ j
    return total


def short_inner_for() -> int:
    total = 0
    for i in range(N // 2):
        for j in (1, 2):
            total += i ^ j
    return total


def while_loop() -> int:
    i = 0
    while i < 3 * N:
        i += 1
    return i


def empty_while() -> int:
    values = list(range(3 * N))
    while values:
        values.pop()
    return 0


def loop_with_branch() -> int:
    odd = even = 0
    for i in range(2 * N):
        if i & 1:
            odd += i
        else:
            even += i
    return odd - even


def _add(a: int, b: int) -> int:
    return a + b


def small_calls() -> int:
    total = 0
    for i in range(N):
        total = _add(total, i)
    return total


def _branch_and_call(a: int) -> int:
    if a & 1:
        return _add(a, 1)
    a = _add(a, 2)
    return _add(a, 3)


def calls_in_branches() -> int:
    total = 0
    for i in range(N // 2):
        total += _branch_and_call(i)
    return total


def _fib(n: int) -> int:
    return n if n < 2 else _fib(n - 1) + _fib(n - 2)


def recursion() -> int:
    return _fib(25)


class _Counter:
    def __init__(self) -> None:
        self.count = 0

    def step(self, by: int) -> None:
        self.count += by


def method_calls() -> int:
    counter = _Counter()
    for i in range(N):
        counter.step(i)
    return counter.count


def _numbers(n: int) -> Iterator[int]:
    for i in range(n):
        yield i * 2


def generator() -> int:
    total = 0
    for value in _numbers(N):
        total += value
    return total


def comprehensions() -> int:
    total = 0
    for _ in range(20):
        total += sum([i * 2 for i in range(N // 20) if i & 1])
    return total


def strings() -> int:
    text = ""
    for i in range(N):
        text += str(i & 7)
    return len(text)


def try_in_loop() -> int:
    total = 0
    table = {i: i for i in range(512)}
    for i in range(N):
        try:
            total += table[i & 511]
        finally:
            total += 1
    return total


KERNELS: list[Callable[[], int]] = [
    for_range,
    nested_for,
    short_inner_for,
    while_loop,
    empty_while,
    loop_with_branch,
    small_calls,
    calls_in_branches,
    recursion,
    method_calls,
    generator,
    comprehensions,
    strings,
    try_in_loop,
]

for kernel in KERNELS:
    best = float("inf")
    for _ in range(REPEATS):
        began = time.process_time()
        kernel()
        best = min(best, time.process_time() - began)
    print(kernel.__name__, best)

# The same at module level, where names are globals.
best = float("inf")
for _ in range(REPEATS):
    began = time.process_time()
    total = 0
    for number in range(N):
        total += number & 7
    best = min(best, time.process_time() - began)
print("module_level_for", best)
