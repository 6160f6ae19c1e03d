"""f(*args, **kwargs) with iterators half consumed and calls between them."""


def show(*args, sep="|", **kwargs):
    print("show", args, sep, kwargs)
    return len(args) + len(kwargs)


def numbers(name, n):
    for k in range(n):
        print("yield", name, k)
        yield k


def keys(n):
    print("keys", n)
    return {f"k{k}": k for k in range(n)}


def defaults(a, /, b=2, *rest, c, d=4, **more):
    print(a, b, rest, c, d, more)
    return a


shared = iter(range(100))
for n in range(3):
    total = show(*numbers("a", 2), n, *numbers("b", n), **keys(n), last=show(*numbers("c", 1)))
    print("total", total)
    print(show(next(shared), *[next(shared), show(next(shared))], sep=str(next(shared))))
    print(defaults(n, *(1, 2)[:n], c=next(shared), **keys(n)))
    first, *middle, last = *numbers("d", 3), n
    print(first, middle, last)
