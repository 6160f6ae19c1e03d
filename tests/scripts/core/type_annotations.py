"""Annotations with side effects, string annotations, __annotations__ at module, class and function level."""

registry = []


def note(name):
    registry.append(name)
    print("annotation", name)
    return int


a: note("a") = 1
b: note("b")


def annotated(x: note("x"), y: "not evaluated" = 2) -> note("return"):
    local: note("never evaluated") = x + y
    empty: int
    for step in range(2):
        local += step
        print("local", local)
    return local


class Holder:
    field: note("field") = 3
    other: "str"


for n in range(3):
    print(annotated(n), sorted(annotated.__annotations__), sorted(Holder.__annotations__), sorted(__annotations__))
    annotated.__annotations__[f"added{n}"] = n
print(registry, "b" in globals())
