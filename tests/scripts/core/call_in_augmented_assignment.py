"""x += f(), a.b += f(), d[k()] += f(): the old value is read before the call, the store comes after it."""

order = []


def note(name, value):
    order.append(name)
    print("note", name, value)
    return value


class Thing:
    attr = 5

    def __iadd__(self, other):
        print("iadd", other)
        self.attr += other
        return self


x = 1
thing = Thing()
alias = thing
table = {"k": [10, 20]}
items = table["k"]


def change_x(n):
    global x
    for _ in range(n):
        x += 100
        print("x is", x)
    return n


def local_state(start):
    acc = start

    def grow(n):
        nonlocal acc
        acc *= 2
        print("grow", acc)
        return n

    acc += grow(1)
    print("acc", acc)
    acc += grow(2) + grow(3)
    print("acc", acc)
    return acc


for turn in range(3):
    x += change_x(2)
    print("after x", x)
    thing.attr += note("attr", turn)
    print(thing.attr, alias is thing)
    thing += note("thing", turn)
    print(thing.attr, alias is thing)
    table[note("key", "k")][note("index", turn % 2)] += note("amount", 7)
    print(table, items is table["k"])
    items += [note("item", turn)]
    print(items, table["k"] is items, local_state(turn))
    x -= change_x(1) * note("factor", 2)
    print("x", x)
print(order)
