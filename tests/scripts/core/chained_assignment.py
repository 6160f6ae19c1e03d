"""Chained, nested, starred and swapped targets: one value, many names, side effects in the targets."""

log = []


def box(name):
    log.append(name)
    print("box", name, len(log))
    return store


store = {}
for i in range(4):
    a = b = box("value")["k"] = [i]
    print(a is b, a is store["k"])
    a.append(i)
    print(b, store)
    box("left")["l"], box("right")["r"] = i, -i
    first, (second, *rest), *tail = i, (i + 1, i + 2, i + 3), i + 4, i + 5
    print(first, second, rest, tail)
    first, second = second, first
    x = y = z = 0
    x, y, z = y + 1, z + 2, x + 3
    print(first, second, x, y, z, store["l"], store["r"])
print(log)
