"""lru_cache and cache: the C wrapper cannot be pickled, and its contents and counts must survive."""

import functools

computed = []


@functools.lru_cache(maxsize=4)
def square(n):
    computed.append(n)
    print("compute", n)
    return n * n


@functools.cache
def make_list(key):
    print("make", key)
    return [key]


class Model:
    @functools.lru_cache(maxsize=None)
    def layer(self, n):
        print("layer", n)
        return (self.name, n)

    def __init__(self, name):
        self.name = name


@functools.cache
def fib(n):
    print("fib", n)
    return n if n < 2 else fib(n - 1) + fib(n - 2)


model = Model("m")
held = make_list("held")
for n in (1, 2, 3, 1, 4, 5, 1, 2):
    print(n, square(n), square.cache_info())
    print(make_list("held") is held, model.layer(n % 3), fib(n * 2))
    held.append(n)
square.cache_clear()
print(square(1), computed, make_list("held"), Model.layer.cache_info(), fib.cache_info().currsize)
