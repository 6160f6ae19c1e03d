"""Lambdas made in a loop see the loop variable's last value; those with a default see their own."""


def build():
    late, early = [], []
    for i in range(4):
        late.append(lambda: i)
        early.append(lambda i=i: i)
        print([f() for f in late], [f() for f in early])
    i = "rebound"
    print([f() for f in late])
    return late, early


late, early = build()
module_level = []
for n in range(3):
    module_level.append(lambda: n * 10)
    print([f() for f in module_level], late[0](), early[n]())
n = 7
print([f() for f in module_level])
