"""One object under many names: a global, a local, a cell, a default, an attribute, a list, a dict key's value."""

shared = {"n": 0}
keep = {"global": shared}


class Holder:
    by_class = shared

    def __init__(self):
        self.by_instance = shared


def work(local, default=shared):
    captured = local

    def closure():
        captured["closure"] = captured.get("closure", 0) + 1
        return captured

    bag = [local, (default,), {"k": captured}]
    for n in range(4):
        local["n"] += n
        print(local, default is local, closure() is shared, bag[0] is bag[1][0] is bag[2]["k"])
        print(holder.by_instance is local, Holder.by_class is local, keep["global"] is captured)
        if n == 2:
            bag[0] = dict(local)
            bag[0]["copy"] = True
    return closure, bag


holder = Holder()
closure, bag = work(shared)
for n in range(2):
    shared["n"] = -n
    print(closure() is shared is bag[1][0], bag[0] is shared, bag[0], holder.by_instance)
