"""A loop and calls in a class body: the body's namespace is a frame without fast locals."""


def field(name, n):
    for k in range(n):
        print("field", name, k)
    return (name, n)


def build(flag):
    class Body:
        names = []
        for i in range(3):
            names.append(field("f", i))
            print("in the body", names, i)
        if flag:
            extra = field("extra", 2)

            def method(self):
                return self.extra, flag

        else:

            def method(self):
                return "no extra", flag

        total = sum(n for _, n in names)
        print("body", total, __qualname__)
        del i

    return Body


for flag in (True, False):
    body = build(flag)()
    print(body.method(), body.total, hasattr(body, "i"), body.names)


class Table:
    rows = {}
    for r in "ab":
        for c in range(2):
            rows[r, c] = field(r, c)
            print("module class", rows)


print(Table.rows)
