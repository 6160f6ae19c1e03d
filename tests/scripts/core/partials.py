"""partial, partialmethod, operator getters, methods bound to instances, kept in a table."""

import functools
import operator


def power(base, exponent, *, note=None):
    print("power", base, exponent, note)
    return base**exponent


class Cell:
    def __init__(self):
        self.alive = False
        self.data = {"k": [1, 2, 3]}

    def set_state(self, state, when):
        self.alive = state
        print("state", state, when)

    revive = functools.partialmethod(set_state, True)
    kill = functools.partialmethod(set_state, False)


cell = Cell()
notes = []
square = functools.partial(power, exponent=2, note=notes)
table = {
    "square": square,
    "two": functools.partial(power, 2),
    "nested": functools.partial(functools.partial(power, 3), note="inner"),
    "item": operator.itemgetter("k"),
    "attr": operator.attrgetter("alive"),
    "call": operator.methodcaller("revive", "by methodcaller"),
    "bound": cell.kill,
    "builtin": notes.append,
    "unbound": str.upper,
}
for n in range(3):
    notes.append(n)
    print(square(n), table["two"](n), table["nested"](n))
    print(table["item"](cell.data), table["item"](cell.data) is cell.data["k"])
    table["call"](cell)
    print(table["attr"](cell))
    table["bound"](n)
    table["builtin"]("appended")
    print(table["attr"](cell), square.keywords["note"] is notes, table["unbound"]("x"), notes)
    print(table["bound"].__self__ is cell, functools.reduce(operator.add, notes[::2], 0))
