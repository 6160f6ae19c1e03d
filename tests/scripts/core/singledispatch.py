"""singledispatch with implementations registered while the program runs."""

import functools


@functools.singledispatch
def describe(value):
    return f"object {value!r}"


@describe.register
def _(value: int):
    for bit in f"{value:b}":
        print("bit", bit)
    return f"int {value}"


class Shape:
    @functools.singledispatchmethod
    def scale(self, by):
        return f"cannot scale by {by!r}"

    @scale.register
    def _(self, by: int):
        return f"scaled by int {by}"


values = [1, 2.5, "text", [1, 2], True, None]
for turn in range(3):
    for value in values:
        print(describe(value))
    if turn == 0:
        describe.register(float, lambda value: f"float {value:.2f}")
    if turn == 1:

        @describe.register(list)
        def describe_list(value):
            return "list of " + ", ".join(describe(v) for v in value)

    print(sorted(cls.__name__ for cls in describe.registry), Shape().scale(turn), Shape().scale("x"))
