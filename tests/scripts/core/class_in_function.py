"""Classes defined in functions: two classes of one name, with closures over the frame's variables."""


def make(n):
    shared = []

    class Local:
        size = n

        class Inner:
            def __repr__(self):
                return f"Inner({n})"

        def __init__(self, value):
            self.value = value
            shared.append(value)

        def look(self):
            return self.value, self.size, n, shared, self.Inner()

    def change(m):
        nonlocal n
        n = m

    for k in range(2):
        made = Local(k)
        print(made.look(), Local.__qualname__)
    return Local, change


first, change_first = make(1)
second, change_second = make(2)
kept = []
for turn in range(3):
    kept.append(first(turn))
    change_first(turn * 100)
    kept.append(second(turn))
    print([thing.look() for thing in kept])
    print([isinstance(thing, first) for thing in kept], type(kept[-1]) is second)


def loop_of_classes():
    classes = []
    for k in range(3):

        class Same:
            index = k

            def get(self):
                return self.index, k

        classes.append(Same)
        print([cls().get() for cls in classes])
    return classes


classes = loop_of_classes()
print(len(set(classes)), [cls().get() for cls in classes])
