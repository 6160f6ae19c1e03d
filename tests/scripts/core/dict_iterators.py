"""Iterators over a dict, its keys, values and items half way, with values changed under way."""

table = {f"k{n}": n for n in range(6)}
made = {
    "dict": iter(table),
    "keys": iter(table.keys()),
    "values": iter(table.values()),
    "items": iter(table.items()),
    "reversed": reversed(table),
    "reversed items": reversed(table.items()),
}
for key in table:
    table[key] *= 2
    for name, iterator in made.items():
        print(key, name, next(iterator))
    for other, value in table.items():
        if value > 6:
            print("inner", other, value)
views = table.keys(), table.values(), table.items()
for n in range(3):
    table[f"new{n}"] = n
    print([len(view) for view in views], list(views[0])[-1], ("new0", 0) in views[2])

checked = iter({1: "a", 2: "b"}.items())
grow = {0: "zero"}
try:
    for key in grow:
        print("key", key)
        grow[key + 1] = "more"
except RuntimeError as error:
    print(error)
