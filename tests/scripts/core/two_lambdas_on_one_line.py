"""Two lambdas, two functions of one name and two comprehensions on one line."""

pair = (lambda x: x + 1, lambda x: x * 2); same = [(lambda: 0), (lambda: 0)]


def make(flag):
    if flag:
        def inner(x): return x + 10
    else:
        def inner(x): return x - 10
    return inner


functions = [make(True), make(False), make(True)]
for n in range(4):
    print(n, pair[0](n), pair[1](n), (lambda a, b: a(b))(pair[0], n), same[0] is same[1])
    print([f(n) for f in functions], [(lambda: k + n)() for k in range(2)], sorted([3, 1, 2], key=lambda k: -k))
    functions.reverse()
    pair = pair[::-1]
print((lambda *a, k=(lambda: 5), **kw: (a, k(), kw))(1, 2, z=3))
