"""Lambdas and nested functions that share a cell across three levels, one of them through nonlocal."""


def outer(x):
    def middle():
        nonlocal x
        x += 1

        def inner():
            nonlocal x
            x *= 2
            print("inner", x)
            return lambda: x

        print("middle", x)
        return inner, lambda d: x + d

    return middle, lambda: x


middle, read = outer(1)
kept = []
for turn in range(3):
    inner, plus = middle()
    kept.append(plus)
    late = inner()
    print(read(), late(), plus(100), [k(0) for k in kept])
    two = [lambda a: a + turn, lambda a: a * turn]; swap = [two[1], two[0]]; print(two[0](5), swap[0](5))
print([k(0) for k in kept])
