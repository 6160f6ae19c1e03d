"""f-strings with calls in values, in format specs and nested: half a string is on the value stack."""

count = 0


def part(text):
    global count
    for _ in range(2):
        count += 1
        print("part", text, count)
    return text


class Money:
    def __init__(self, amount):
        self.amount = amount

    def __format__(self, spec):
        print("format", repr(spec))
        return f"{self.amount:{spec or '.1f'}}$"

    def __repr__(self):
        print("repr")
        return "Money()"


for n in range(3):
    line = f"<{part('a')}|{part('b')!r:>{part('6')}}|{Money(n + 0.25):.{part('2')}f}|{Money(n)!r}>"
    print(line)
    print(f"{part('x')}" f"{count=}" "{literal}" f"{n:{'0'}{len(part('yyy'))}d}{{}}")
    print(("%s-%s" % (part("p"), part("q"))) + "{}".format(part("r")))
