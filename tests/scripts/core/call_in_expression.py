"""Calls in the middle of expressions: what was evaluated before the call in progress lives on the value stack."""

log = []


def effect(name, value):
    log.append(name)
    print("effect", name, value)
    return value


def slow(name, n):
    total = 0
    for k in range(n):
        total += k
        print("slow", name, k, total)
    return total


def args(*positional, **keywords):
    print("args", positional, sorted(keywords.items()))
    return sum(positional) + sum(keywords.values())


for turn in range(2):
    print("sum", effect("a", 1) + slow("b", 2) * effect("c", 3) - slow("d", 3))
    print("nest", args(effect("e", 2), slow("f", 2), args(slow("g", 1), effect("h", 4))) + slow("i", 2))
    print("kw", args(effect("j", 1), x=slow("k", 3), y=effect("l", 5), z=slow("m", 2)))
    print("list", [effect("n", 1), slow("o", 2), *[effect("p", 2), slow("q", 2)], effect("r", 3)])
    print("dict", {effect("s", "key"): slow("t", 2), "u": effect("u", 1), **{"v": slow("v", 2)}})
    print("tuple", (effect("w", 0), slow("x", 2))[effect("y", 1)], {slow("z", 2), effect("z", 8)})
    print(len(log), log[-3:])
