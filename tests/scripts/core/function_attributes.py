"""State kept in attributes of functions, methods' functions and builtin-looking wrappers."""


def tick():
    tick.count += 1
    tick.log.append(tick.count)
    print("tick", tick.count)
    return tick.count


tick.count = 0
tick.log = []
tick.self = tick
alias = tick


class C:
    def method(self):
        C.method.calls = getattr(C.method, "calls", 0) + 1
        print("method", C.method.calls)

    method.label = "set in the class body"


for n in range(5):
    tick()
    if n == 2:
        alias.extra = {"n": n}
        tick.__doc__ = "changed at run time"
    C().method()
    print(alias is tick, tick.self is tick, tick.log, tick.__doc__, getattr(tick, "extra", None), C.method.label)
